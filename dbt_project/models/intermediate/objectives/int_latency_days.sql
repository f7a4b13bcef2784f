-- Buckets of histograms by local day, with the segment of coverage that holds their hour: what shares and percentiles
-- are counted from.
{{ config(materialized='table') }}

with

run as (

    select * from {{ source('landing', 'run') }}

),

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

buckets as (

    select * from {{ ref('fct_latency_hours') }}

),

service_hours as (

    select distinct
        service_id,
        team_id,
        area,
        hour_at as anchored_at
    from buckets

),

dated as (

    {{ statistics_dated('service_hours') }}

)

select
    dated.service_id,
    dated.team_id,
    dated.area,
    buckets.market,
    dated.day_on,
    dated.segment_key,
    buckets.threshold_ms,
    buckets.is_zone_known,
    buckets.is_peak_hour,
    buckets.lower_bound_ms,
    buckets.upper_bound_ms,
    cast(sum(buckets.samples) as bigint) as samples,
    cast(sum(buckets.requests) as bigint) as requests
from buckets
inner join dated
    on
        buckets.service_id = dated.service_id
        and buckets.hour_at = dated.anchored_at
group by
    dated.service_id, dated.team_id, dated.area, buckets.market, dated.day_on, dated.segment_key, buckets.threshold_ms,
    buckets.is_zone_known, buckets.is_peak_hour, buckets.lower_bound_ms, buckets.upper_bound_ms
