-- What was left out of the cells of metric_values, and why: counted, never silent.
with

parts as (

    select * from {{ ref('int_period_parts') }}

    where exclusion_reason is not null

),

spine as (

    select distinct
        entity_key,
        period_key
    from {{ ref('int_spine') }}

),

entities as (

    select * from {{ ref('int_entities') }}

),

periods as (

    select * from {{ ref('int_periods') }}

)

select
    entities.entity_type,
    entities.entity_id,
    entities.entity_name,
    parts.metric_id,
    periods.period_type,
    periods.period_start_on,
    periods.is_closed,
    parts.dimension,
    parts.dimension_value,
    parts.exclusion_reason as reason,
    parts.excluded as rows
from parts
inner join spine
    on
        parts.entity_key = spine.entity_key
        and parts.period_key = spine.period_key
inner join entities
    on parts.entity_key = entities.entity_key
inner join periods
    on parts.period_key = periods.period_key
