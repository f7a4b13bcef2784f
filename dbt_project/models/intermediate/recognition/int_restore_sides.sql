-- Incidents of a team by an alert class (that of an alert of theirs, or their fingerprint) before and after one of its
-- automations first ran live: the last 100 before, the first 100 from then until the end of that quarter or of the
-- next. An open one takes longer than any other after, and is left out before.
{{ config(materialized='table') }}

with

starts as (select * from {{ ref('int_automation_starts') }}),

quarters as (

    select
        *,
        row_number() over (order by period_start_on nulls last) as place
    from {{ ref('int_periods') }}
    where period_type = 'quarter'

),

incidents as (

    select * from {{ ref('fct_incidents') }}
    where not is_planned and team_id is not null

),

classed as (

    select
        incident_id,
        alert_class
    from {{ ref('fct_alerts') }}
    where incident_id is not null and alert_class is not null

    union

    select
        incident_id,
        fingerprint as alert_class
    from incidents
    where fingerprint is not null

),

placed as (

    select
        starts.automation_id,
        starts.alert_class,
        starts.team_id,
        starts.live_from,
        quarters.period_key,
        quarters.ends_at
    from starts
    inner join quarters as first_quarters
        on
            starts.live_from >= first_quarters.starts_at
            and starts.live_from < first_quarters.ends_at
    inner join quarters
        on quarters.place between first_quarters.place and first_quarters.place + 1

),

sided as (

    select
        placed.automation_id,
        placed.alert_class,
        placed.team_id,
        placed.period_key,
        placed.live_from,
        incidents.incident_id,
        incidents.started_at,
        {{ evidence_id("incidents.source || '/' || incidents.source_record_id") }} as record_id,
        incidents.started_at >= placed.live_from as is_after,
        {{ microseconds_between('incidents.started_at', 'incidents.resolved_at') }} as restore_microseconds
    from placed
    inner join classed
        on placed.alert_class = classed.alert_class
    inner join incidents
        on
            classed.incident_id = incidents.incident_id
            and placed.team_id = incidents.team_id
            and placed.ends_at > incidents.started_at
    where incidents.started_at >= placed.live_from or incidents.resolved_at is not null

),

ranked as (

    select
        *,
        row_number() over (
            partition by automation_id, alert_class, period_key, is_after
            order by started_at nulls last, incident_id nulls last
        ) as from_first,
        row_number() over (
            partition by automation_id, alert_class, period_key, is_after
            order by started_at desc nulls last, incident_id desc nulls last
        ) as from_last
    from sided
    where coalesce(restore_microseconds >= 0, true)

)

select
    automation_id,
    alert_class,
    team_id,
    period_key,
    live_from,
    incident_id,
    record_id,
    is_after,
    restore_microseconds
from ranked
where case when is_after then from_first else from_last end <= 100
