-- What automation did beyond what clears by itself, for the cells, for each class, and apart for the classes of which
-- alerts were left alone (net) and of which none were (gross). n is alerts that an automation answered. Where any class
-- is gross, the whole is no better than provisional.
{% set parts %}
        entity_key,
        period_key,
        metric_id,
        is_covered,
        excluded,
        immature,
        minimum_n,
        numerator,
        denominator
{% endset %}

with

cells as (

    select * from {{ ref('int_cell_counts') }}

    where interval_method = 'mover'

),

classes as (select * from {{ ref('int_effect_classes') }}),

sums as (select * from {{ ref('int_effect_sums') }}),

alone as (

    select
        entity_key,
        period_key,
        metric_id,
        cast(sum(immature) as bigint) as immature
    from cells
    where dimension = 'held_out'
    group by entity_key, period_key, metric_id

),

found as (

    select
        cells.entity_key,
        cells.period_key,
        cells.metric_id,
        cells.is_covered,
        cells.excluded,
        cells.immature + coalesce(alone.immature, 0) as immature,
        cells.minimum_n,
        cells.numerator,
        cells.denominator,
        cells.dimension,
        cells.dimension_value,
        coalesce(sums.is_gross, false) as is_gross,
        sums.value,
        sums.low,
        sums.high
    from cells
    left join sums
        on
            cells.entity_key = sums.entity_key
            and cells.period_key = sums.period_key
            and cells.metric_id = sums.metric_id
            and sums.effect is null
    left join alone
        on
            cells.entity_key = alone.entity_key
            and cells.period_key = alone.period_key
            and cells.metric_id = alone.metric_id
    where cells.dimension is null

    union all

    select
        {{ parts | trim }},
        'effect' as dimension,
        effect as dimension_value,
        is_gross,
        value,
        low,
        high
    from sums
    where effect is not null

    union all

    select
        {{ parts | trim }},
        dimension,
        dimension_value,
        is_gross,
        greatest(0e0, difference) as value,
        greatest(0e0, low) as low,
        greatest(0e0, least(1e0, high)) as high
    from classes

)

select
    entity_key,
    period_key,
    metric_id,
    dimension,
    dimension_value,
    is_covered,
    excluded,
    immature,
    minimum_n,
    cast(numerator as double) as numerator,
    cast(denominator as double) as denominator,
    denominator as n,
    cast(0 as bigint) as censored,
    is_gross,
    value,
    low,
    high
from found
