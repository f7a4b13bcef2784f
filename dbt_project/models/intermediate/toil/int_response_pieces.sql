-- The time in which people answered an incident, as far as sources speak of it then, cut at local midnights. What is
-- asked is the coverage of the incident's service; naming none, of its team; naming neither, of the portfolio.
{{ config(materialized='table') }}

with

responses as (

    select * from {{ ref('fct_incident_responses') }}

    where first_action_at is not null

),

run as (

    select * from {{ source('landing', 'run') }}

),

segments as (

    select segments.*
    from {{ ref('int_coverage_segments') }} as segments
    inner join {{ ref('int_segment_metrics') }} as segment_metrics
        on segments.segment_key = segment_metrics.segment_key
    where
        segment_metrics.is_covered
        and segment_metrics.metric_id = 'manual_intervention_minutes'

),

days as (

    select * from {{ ref('int_calendar_days') }}

),

spoken as (

    select
        responses.incident_id,
        responses.service_id,
        responses.team_id,
        segments.segment_key,
        greatest(responses.first_action_at, segments.starts_at) as starts_at,
        least(responses.ended_at, segments.ends_at) as ends_at
    from responses
    cross join run
    inner join segments
        on
            segments.entity_type = case
                when responses.service_id is not null then 'service'
                when responses.team_id is not null then 'team'
                else 'portfolio'
            end
            and segments.entity_id = coalesce(responses.service_id, responses.team_id, run.organisation)
            and responses.first_action_at < segments.ends_at
            and responses.ended_at > segments.starts_at

)

select
    spoken.incident_id,
    spoken.service_id,
    spoken.team_id,
    days.day_on,
    spoken.segment_key,
    greatest(spoken.starts_at, days.starts_at) as starts_at,
    least(spoken.ends_at, days.ends_at) as ends_at
from spoken
inner join days
    on
        spoken.starts_at < days.ends_at
        and spoken.ends_at > days.starts_at
