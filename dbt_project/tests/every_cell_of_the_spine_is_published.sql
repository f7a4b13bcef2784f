-- A missing cell is a defect: each entity x metric x period of the spine is in metric_values, and nothing else is.
with

expected as (

    select
        entity_key,
        metric_id,
        period_key
    from {{ ref('int_spine') }}

),

published as (

    select
        entities.entity_key,
        metric_values.metric_id,
        periods.period_key
    from {{ ref('metric_values') }} as metric_values
    inner join {{ ref('int_entities') }} as entities
        on
            metric_values.entity_type = entities.entity_type
            and metric_values.entity_id = entities.entity_id
    inner join {{ ref('int_periods') }} as periods
        on
            metric_values.period_type = periods.period_type
            and metric_values.period_start_on = periods.period_start_on
    where metric_values.dimension is null

)

select
    expected.entity_key as expected_entity,
    published.entity_key as published_entity,
    coalesce(expected.metric_id, published.metric_id) as metric_id,
    coalesce(expected.period_key, published.period_key) as period_key
from expected
full outer join published
    on
        expected.entity_key = published.entity_key
        and expected.metric_id = published.metric_id
        and expected.period_key = published.period_key
where
    expected.entity_key is null
    or published.entity_key is null
