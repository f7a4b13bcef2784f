-- Parts rolled up to entities and periods: sums of counts, so that a quarter is never an average of weeks. What names a
-- part and its owner is numbered first: the millions are then grouped by three integers instead of eight texts.
{{ config(materialized='table') }}

with

entities as (

    select * from {{ ref('int_entities') }}

),

parts as (

    select * from {{ ref('int_metric_parts') }}

),

window_days as (

    select * from {{ ref('int_window_days') }}

),

series as (

    select
        *,
        row_number() over (
            order by
                metric_id nulls last,
                dimension nulls first,
                dimension_value nulls first,
                exclusion_reason nulls first
        ) as series_key
    from (
        select distinct
            metric_id,
            dimension,
            dimension_value,
            exclusion_reason
        from parts
    ) as names

),

owners as (

    select
        *,
        row_number() over (
            order by service_id nulls first, team_id nulls first, area nulls first, level nulls first
        ) as owner_key
    from (
        select distinct
            service_id,
            team_id,
            area,
            level
        from parts
    ) as names

),

owner_entities as (

    {{ statistics_entity_rows('owners', 'owner_key', level='level') }}

),

owner_periods as (

    select
        owners.owner_key,
        series.series_key,
        window_days.period_key,
        sum(parts.numerator) as numerator,
        sum(coalesce(parts.denominator, 0)) as denominator,
        sum(parts.excluded) as excluded
    from parts
    inner join window_days
        on
            parts.day_on = window_days.day_on
            and parts.window_days = window_days.window_days
            and (parts.last_on is null or parts.last_on <= window_days.period_end_on)
    inner join series
        on
            parts.metric_id = series.metric_id
            and parts.dimension is not distinct from series.dimension
            and parts.dimension_value is not distinct from series.dimension_value
            and parts.exclusion_reason is not distinct from series.exclusion_reason
    inner join owners
        on
            parts.service_id is not distinct from owners.service_id
            and parts.team_id is not distinct from owners.team_id
            and parts.area is not distinct from owners.area
            and parts.level is not distinct from owners.level
    group by owners.owner_key, series.series_key, window_days.period_key

),

entity_periods as (

    select
        owner_entities.entity_key,
        owner_periods.series_key,
        owner_periods.period_key,
        cast(sum(owner_periods.numerator) as bigint) as numerator,
        cast(sum(owner_periods.denominator) as bigint) as denominator,
        cast(sum(owner_periods.excluded) as bigint) as excluded
    from owner_periods
    inner join owner_entities
        on owner_periods.owner_key = owner_entities.owner_key
    group by owner_entities.entity_key, owner_periods.series_key, owner_periods.period_key

)

select
    entity_periods.entity_key,
    entity_periods.period_key,
    series.metric_id,
    series.dimension,
    series.dimension_value,
    series.exclusion_reason,
    entity_periods.numerator,
    entity_periods.denominator,
    entity_periods.excluded
from entity_periods
inner join series
    on entity_periods.series_key = series.series_key
