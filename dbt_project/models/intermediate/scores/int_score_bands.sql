-- The bands of pillars and of the whole, from their draws; what cannot be drawn has none.
with

draws as (select * from {{ ref('int_pillar_draws') }}),

scores as (

    select * from {{ ref('int_scores') }}
    where value is not null

),

pillars as (

    select
        entity_key,
        period_key,
        cast(count(*) as bigint) as pillars
    from scores
    where pillar <> 'overall'
    group by entity_key, period_key

),

whole as (

    select
        draws.entity_key,
        draws.period_key,
        draws.draw,
        {{ statistics_geometric_score('draws.score', 'draws.weight') }} as score
    from draws
    inner join pillars
        on
            draws.entity_key = pillars.entity_key
            and draws.period_key = pillars.period_key
    group by draws.entity_key, draws.period_key, draws.draw, pillars.pillars
    having count(*) = pillars.pillars

),

drawn as (

    select
        entity_key,
        period_key,
        pillar,
        score
    from draws

    union all

    select
        entity_key,
        period_key,
        'overall' as pillar,
        score
    from whole

)

select
    scores.entity_key,
    scores.period_key,
    scores.pillar,
    {{ statistics_band_low('max(scores.value)', 'drawn.score') }} as low,
    {{ statistics_band_high('max(scores.value)', 'drawn.score') }} as high
from scores
inner join drawn
    on
        scores.entity_key = drawn.entity_key
        and scores.period_key = drawn.period_key
        and scores.pillar = drawn.pillar
group by scores.entity_key, scores.period_key, scores.pillar
