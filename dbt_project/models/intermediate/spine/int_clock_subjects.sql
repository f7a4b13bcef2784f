-- Clocks of the duration curves: one row per clock and curve that it counts in (entity, period, split).
{{ config(materialized='table') }}

with

entities as (

    select * from {{ ref('int_entities') }}

),

clocks as (

    select clocks.*
    from {{ ref('int_clocks') }} as clocks
    inner join {{ ref('int_segment_metrics') }} as segments
        on
            clocks.segment_key = segments.segment_key
            and clocks.metric_id = segments.metric_id
    where
        clocks.exclusion_reason is null
        and segments.is_covered

),

period_days as (

    select * from {{ ref('int_period_days') }}

),

curves as (

    select distinct
        curve_key,
        entity_key,
        period_key,
        metric_id,
        curve_dimension as dimension,
        curve_dimension_value as dimension_value
    from {{ ref('int_clock_cells') }}

),

series as (

    select
        metric_id,
        dimension,
        dimension_value,
        cast(row_number() over (
            order by metric_id nulls last, dimension nulls first, dimension_value nulls first
        ) as bigint) as series_key
    from (
        select distinct
            metric_id,
            dimension,
            dimension_value
        from curves
    ) as kinds_of_curves

),

keyed_curves as (

    select
        curves.curve_key,
        curves.entity_key,
        curves.period_key,
        series.series_key
    from curves
    inner join series
        on
            curves.metric_id = series.metric_id
            and curves.dimension is not distinct from series.dimension
            and curves.dimension_value is not distinct from series.dimension_value

),

split_clocks as (

    select
        clocks.service_id,
        clocks.team_id,
        clocks.area,
        clocks.day_on,
        clocks.duration_microseconds,
        clocks.is_event,
        series.series_key
    from clocks
    inner join series
        on
            clocks.metric_id = series.metric_id
            and series.dimension_value is not distinct from case series.dimension
                {% for split in clock_splits() %}
                when '{{ split }}' then clocks.{{ split }}
                {% endfor %}
            end

),

entity_clocks as (

    {{ statistics_entity_rows('split_clocks', 'day_on, series_key, duration_microseconds, is_event') }}

)

select
    keyed_curves.curve_key,
    entity_clocks.duration_microseconds as duration,
    entity_clocks.is_event
from entity_clocks
inner join period_days
    on entity_clocks.day_on = period_days.day_on
inner join keyed_curves
    on
        entity_clocks.entity_key = keyed_curves.entity_key
        and entity_clocks.series_key = keyed_curves.series_key
        and period_days.period_key = keyed_curves.period_key
