-- One row an incident, with the team that it belonged to when it began, or that its source says.
with

incidents as (
    select
        *,
        coalesce(impact_started_at, declared_at) as started_at,
        case when impact_started_at is null then 'declared' else 'impact' end as start_basis
    from {{ ref('int_incidents') }}
),

histories as (select * from {{ ref('int_incident_histories') }}),

ownership as (select * from {{ ref('int_service_ownership') }}),

areas as (select * from {{ ref('int_team_areas') }})

select
    incidents.incident_id,
    incidents.source,
    incidents.source_record_id,
    incidents.batch_id,
    incidents.updated_at,
    incidents.recorded_at,
    incidents.service_id,
    coalesce(incidents.team_id, ownership.team_id) as team_id,
    case when incidents.team_id is null then ownership.area else areas.area end as area,
    incidents.severity,
    incidents.is_planned,
    incidents.customer_impact,
    incidents.impact_started_at,
    incidents.detected_at,
    incidents.declared_at,
    incidents.acknowledged_at,
    incidents.mitigated_at,
    incidents.resolved_at,
    incidents.closed_at,
    incidents.started_at,
    incidents.start_basis,
    incidents.detected_by,
    incidents.resolved_by,
    incidents.fingerprint,
    incidents.caused_by_deployment_id,
    histories.first_resolved_at,
    histories.first_reopened_at,
    incidents.is_resolved,
    case
        when histories.first_resolved_at is null then null
        else coalesce(
            {{ plus_hours('histories.first_resolved_at', 24 * var('reopen_window_days')) }}
            >= histories.first_reopened_at,
            false
        )
    end as is_reopened_in_7_days,
    case
        when not incidents.is_resolved or incidents.resolved_by is null then null
        when incidents.resolved_by <> 'automation' then false
        when incidents.resolved_at is null then null
        else not histories.has_person_before_resolution and not histories.is_reopened_in_24_hours
    end as is_self_healed,
    {{ minutes_between('incidents.started_at', 'incidents.acknowledged_at') }} as acknowledge_minutes,
    {{ minutes_between('incidents.started_at', 'incidents.resolved_at') }} as restore_minutes
from incidents
inner join histories on incidents.incident_id = histories.incident_id
left join ownership
    on
        incidents.service_id = ownership.service_id
        and incidents.started_at >= ownership.owned_from
        and (incidents.started_at < ownership.owned_to or ownership.is_open)
left join areas
    on
        incidents.team_id = areas.team_id
        and incidents.started_at >= areas.area_from
        and (incidents.started_at < areas.area_to or areas.area_to is null)
