-- Incidents that a review is asked of (sev1 and sev2, or of unknown severity; not planned), with their first published
-- one. Too young to be judged while they are open, and for the days of the policy after.
with

incidents as (

    select * from {{ ref('fct_incidents') }}

    where not coalesce(is_planned, false) and coalesce(severity, 'sev1') in ('sev1', 'sev2')

),

published as (

    select
        incident_id,
        min(published_at) as published_at
    from {{ ref('fct_postmortems') }}
    where published_at is not null
    group by incident_id

),

run as (

    select * from {{ source('landing', 'run') }}

)

select
    incidents.incident_id,
    incidents.source,
    incidents.source_record_id,
    incidents.service_id,
    incidents.team_id,
    incidents.area,
    incidents.severity,
    incidents.is_planned,
    incidents.started_at,
    incidents.resolved_at,
    incidents.is_resolved,
    published.published_at,
    published.published_at is not null as is_reviewed,
    not incidents.is_resolved
    or coalesce(
        {{ plus_hours('incidents.resolved_at', 24 * var('postmortem_days')) }} > run.as_of, false
    ) as is_immature
from incidents
cross join run
left join published
    on incidents.incident_id = published.incident_id
