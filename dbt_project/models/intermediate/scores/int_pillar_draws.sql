-- 1,000 draws of every pillar that has a value, made of those of its metrics; and its weight in the whole.
with

draws as (select * from {{ ref('int_score_draws') }}),

pillars as (

    select * from {{ ref('int_pillars') }}
    where value is not null

),

slots as (select * from {{ source('landing', 'draws') }}),

drawn as (

    select
        pillars.entity_key,
        pillars.period_key,
        pillars.pillar,
        pillars.pillar_weight,
        draws.draw,
        {{ statistics_geometric_score('draws.score', 'draws.weight') }} as score
    from draws
    inner join pillars
        on
            draws.entity_key = pillars.entity_key
            and draws.period_key = pillars.period_key
            and draws.pillar = pillars.pillar
    group by
        pillars.entity_key, pillars.period_key, pillars.pillar, pillars.pillar_weight, pillars.scored_metrics,
        draws.draw
    having count(*) = pillars.scored_metrics

)

select
    drawn.entity_key,
    drawn.period_key,
    drawn.pillar,
    drawn.draw,
    drawn.pillar_weight * (7.5e-1 + 5e-1 * slots.u) as weight,
    drawn.score
from drawn
inner join slots
    on
        drawn.pillar = slots.slot
        and drawn.draw = slots.draw
