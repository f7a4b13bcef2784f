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

    {{ segments_of_metric('manual_intervention_minutes') }}

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

{{ stretches_by_day('spoken', ['incident_id', 'service_id', 'team_id', 'segment_key']) }}
