-- When each incident was first resolved and broke again, and whether a person had a hand in it.
with

incidents as (select * from {{ ref('int_incidents') }}),

events as (select * from {{ ref('int_incident_events') }}),

resolutions as (
    select
        incident_id,
        event_at as resolved_at
    from events
    where event = 'resolved'

    union all

    select
        incident_id,
        resolved_at
    from incidents
    where resolved_at is not null
),

first_resolution_events as (
    select
        incident_id,
        min(event_at) as first_resolved_at
    from events
    where event = 'resolved'
    group by incident_id
),

first_resolutions as (
    select
        incidents.incident_id,
        incidents.resolved_at,
        coalesce(first_resolution_events.first_resolved_at, incidents.resolved_without_event_at) as first_resolved_at
    from incidents
    left join first_resolution_events on incidents.incident_id = first_resolution_events.incident_id
),

reopenings as (
    select
        incident_id,
        event_at as reopened_at
    from events
    where event = 'reopened'
),

first_reopenings as (
    select
        first_resolutions.incident_id,
        min(reopenings.reopened_at) as first_reopened_at
    from first_resolutions
    inner join reopenings
        on
            first_resolutions.incident_id = reopenings.incident_id
            and first_resolutions.first_resolved_at <= reopenings.reopened_at
    group by first_resolutions.incident_id
),

quick_reopenings as (
    select distinct reopenings.incident_id
    from reopenings
    inner join resolutions
        on
            reopenings.incident_id = resolutions.incident_id
            and reopenings.reopened_at > resolutions.resolved_at
            and {{ plus_hours('resolutions.resolved_at', var('healing_follow_up_hours')) }} >= reopenings.reopened_at
),

helped as (
    select distinct events.incident_id
    from events
    inner join incidents
        on events.incident_id = incidents.incident_id and events.event_at < incidents.resolved_at
    where events.actor = 'person'
)

select
    first_resolutions.incident_id,
    first_resolutions.first_resolved_at,
    first_reopenings.first_reopened_at,
    quick_reopenings.incident_id is not null as is_reopened_in_24_hours,
    helped.incident_id is not null as has_person_before_resolution
from first_resolutions
left join first_reopenings on first_resolutions.incident_id = first_reopenings.incident_id
left join quick_reopenings on first_resolutions.incident_id = quick_reopenings.incident_id
left join helped on first_resolutions.incident_id = helped.incident_id
