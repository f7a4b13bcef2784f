-- Cells of the rates: events per exposure, with the parts of the Pearson dispersion of the daily counts. The squares
-- are summed as decimals: no order of rows changes them.
{{ config(materialized='table') }}

with

entities as (

    select * from {{ ref('int_entities') }}

),

rates as (

    select * from {{ ref('int_rate_exposures') }}

),

parts as (

    select
        parts.service_id,
        parts.team_id,
        parts.area,
        parts.day_on,
        parts.metric_id,
        parts.dimension,
        parts.dimension_value,
        parts.numerator,
        rates.kind as exposure_kind
    from {{ ref('int_metric_parts') }} as parts
    inner join rates
        on
            parts.metric_id = rates.metric_id
            and (parts.dimension is not null) = rates.of_dimension
    where parts.numerator > 0

),

exposure_days as (

    select * from {{ ref('int_exposure_days') }}

    where exposed_microseconds > 0

),

period_days as (

    select * from {{ ref('int_period_days') }}

),

entity_days as (

    {{ statistics_entity_rows('parts', 'day_on, metric_id, dimension, dimension_value, exposure_kind, numerator') }}

),

daily as (

    select
        entity_key,
        day_on,
        metric_id,
        dimension,
        dimension_value,
        exposure_kind,
        cast(sum(numerator) as bigint) as events
    from entity_days
    group by entity_key, day_on, metric_id, dimension, dimension_value, exposure_kind

)

select
    daily.entity_key,
    period_days.period_key,
    daily.metric_id,
    daily.dimension,
    daily.dimension_value,
    cast(sum(daily.events) as bigint) as events,
    cast(sum(case when exposure_days.entity_key is null then 0 else daily.events end) as bigint) as exposed_events,
    cast(sum(cast(
        cast(daily.events * daily.events as double) * 1e6 / cast(exposure_days.exposed_microseconds as double)
        as decimal(38, 18)
    )) as double) as squares_per_second
from daily
inner join period_days
    on daily.day_on = period_days.day_on
left join exposure_days
    on
        daily.entity_key = exposure_days.entity_key
        and daily.day_on = exposure_days.day_on
        and daily.exposure_kind = exposure_days.kind
group by daily.entity_key, period_days.period_key, daily.metric_id, daily.dimension, daily.dimension_value
