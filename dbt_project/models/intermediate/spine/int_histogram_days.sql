-- Merged buckets of every entity by local day, for the metrics that take percentiles: of all requests, and of those at
-- the peak of their market, whole and by market. What is not covered is left out.
{{ config(materialized='table') }}

with

entities as (

    select * from {{ ref('int_entities') }}

),

segment_metrics as (

    select * from {{ ref('int_segment_metrics') }}

),

days as (

    select * from {{ ref('int_latency_days') }}

    where requests > 0

),

taken as (

    select
        'latency_within_target' as metric_id,
        cast(null as string) as dimension,
        cast(null as string) as dimension_value,
        days.*
    from days

    union all

    select
        'peak_latency' as metric_id,
        cast(null as string) as dimension,
        cast(null as string) as dimension_value,
        days.*
    from days
    where is_peak_hour

    union all

    select
        'peak_latency' as metric_id,
        'market' as dimension,
        market as dimension_value,
        days.*
    from days
    where is_peak_hour and market is not null

),

covered as (

    select taken.*
    from taken
    inner join segment_metrics
        on
            taken.segment_key = segment_metrics.segment_key
            and taken.metric_id = segment_metrics.metric_id
    where segment_metrics.is_covered

),

entity_days as (

    {{ statistics_entity_rows(
        'covered', 'day_on, metric_id, dimension, dimension_value, lower_bound_ms, upper_bound_ms, requests'
    ) }}

)

select
    entity_key,
    day_on,
    metric_id,
    dimension,
    dimension_value,
    lower_bound_ms,
    upper_bound_ms,
    cast(sum(requests) as bigint) as requests
from entity_days
group by entity_key, day_on, metric_id, dimension, dimension_value, lower_bound_ms, upper_bound_ms
