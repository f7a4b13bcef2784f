-- The time in which a service is asked to be up: for each metric of united time, the covered time of every service, cut
-- at local midnights and where its owner changes. What is not covered is in no part.
{{ config(materialized='table') }}

with

segments as (

    select * from {{ ref('int_coverage_segments') }}

    where entity_type = 'service'

),

segment_metrics as (

    select * from {{ ref('int_segment_metrics') }}

    where is_covered and metric_id in ('availability_time', 'market_outage_minutes')

),

ownership as (

    select
        service_id,
        team_id,
        area,
        owned_from as starts_at,
        owned_to as ends_at
    from {{ ref('int_service_ownership') }}

),

days as (

    select * from {{ ref('int_calendar_days') }}

),

covered as (

    select
        segment_metrics.metric_id,
        segments.segment_key,
        segments.entity_id as service_id,
        segments.starts_at,
        segments.ends_at
    from segments
    inner join segment_metrics
        on segments.segment_key = segment_metrics.segment_key

),

owned as (

    select
        covered.metric_id,
        covered.segment_key,
        covered.service_id,
        ownership.team_id,
        ownership.area,
        greatest(covered.starts_at, ownership.starts_at) as starts_at,
        least(covered.ends_at, ownership.ends_at) as ends_at
    from covered
    inner join ownership
        on
            covered.service_id = ownership.service_id
            and covered.starts_at < ownership.ends_at
            and covered.ends_at > ownership.starts_at

)

{{ stretches_by_day('owned', ['metric_id', 'segment_key', 'service_id', 'team_id', 'area']) }}
