-- Parts rolled up to entities and periods: sums of counts, so that a quarter is never an average of weeks.
{{ config(materialized='table') }}

with

entities as (

    select * from {{ ref('int_entities') }}

),

parts as (

    select * from {{ ref('int_metric_parts') }}

),

period_days as (

    select * from {{ ref('int_period_days') }}

),

owner_periods as (

    select
        parts.service_id,
        parts.team_id,
        parts.area,
        period_days.period_key,
        parts.metric_id,
        parts.dimension,
        parts.dimension_value,
        parts.exclusion_reason,
        sum(parts.numerator) as numerator,
        sum(parts.denominator) as denominator,
        sum(parts.excluded) as excluded
    from parts
    inner join period_days
        on parts.day_on = period_days.day_on
    group by
        parts.service_id,
        parts.team_id,
        parts.area,
        period_days.period_key,
        parts.metric_id,
        parts.dimension,
        parts.dimension_value,
        parts.exclusion_reason

),

entity_periods as (

    {{ statistics_entity_rows(
        'owner_periods',
        'period_key, metric_id, dimension, dimension_value, exclusion_reason, numerator, denominator, excluded'
    ) }}

)

select
    entity_key,
    period_key,
    metric_id,
    dimension,
    dimension_value,
    exclusion_reason,
    cast(sum(numerator) as bigint) as numerator,
    cast(sum(coalesce(denominator, 0)) as bigint) as denominator,
    cast(sum(excluded) as bigint) as excluded
from entity_periods
group by entity_key, period_key, metric_id, dimension, dimension_value, exclusion_reason
