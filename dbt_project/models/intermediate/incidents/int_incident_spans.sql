-- From when to when incidents were about which services: the main one, and those that an incident is told to have hit.
-- What is not told of a hit is the incident's; what runs backwards says no time.
with

run as (

    select * from {{ source('landing', 'run') }}

),

incidents as (

    select
        fct_incidents.service_id,
        fct_incidents.incident_id,
        fct_incidents.started_at,
        coalesce(
            fct_incidents.resolved_at,
            case when not fct_incidents.is_resolved then run.as_of end,
            fct_incidents.closed_at,
            fct_incidents.started_at
        ) as ended_at
    from {{ ref('fct_incidents') }} as fct_incidents
    cross join run

),

hits as (

    select * from {{ ref('fct_incident_services') }}

),

told as (

    select
        hits.service_id,
        hits.incident_id,
        coalesce(hits.impact_started_at, incidents.started_at) as started_at,
        coalesce(hits.impact_ended_at, incidents.ended_at) as ended_at
    from hits
    inner join incidents
        on hits.incident_id = incidents.incident_id

)

select
    service_id,
    incident_id,
    started_at,
    ended_at
from incidents
where service_id is not null

union all

select
    service_id,
    incident_id,
    started_at,
    ended_at
from told
where service_id is not null and started_at <= ended_at
