-- Percentiles of merged buckets by entity and period, with the bounds between which they lie.
{{ config(materialized='table') }}
{% set cell = 'entity_key, period_key, metric_id, dimension, dimension_value' %}

with

days as (

    select * from {{ ref('int_histogram_days') }}

),

period_days as (

    select * from {{ ref('int_period_days') }}

),

buckets as (

    select
        days.entity_key,
        period_days.period_key,
        days.metric_id,
        days.dimension,
        days.dimension_value,
        days.lower_bound_ms,
        days.upper_bound_ms,
        cast(sum(days.requests) as bigint) as requests
    from days
    inner join period_days
        on days.day_on = period_days.day_on
    group by
        days.entity_key, period_days.period_key, days.metric_id, days.dimension, days.dimension_value,
        days.lower_bound_ms, days.upper_bound_ms

)

{{ statistics_histogram_quantile('buckets', cell, [500, 950, 990]) }}
