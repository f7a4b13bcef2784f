-- Incidents of every vendor.
with

cstate as (select * from {{ ref('stg_cstate__incidents') }}),

servicenow as (select * from {{ ref('stg_servicenow__incidents') }}),

records as (select * from {{ ref('stg_records__incidents') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    incident_id,
    service_id,
    cast(null as varchar) as team_id,
    severity,
    is_planned,
    impact_started_at,
    cast(null as timestamp) as detected_at,
    declared_at,
    acknowledged_at,
    cast(null as timestamp) as mitigated_at,
    resolved_at,
    cast(null as timestamp) as closed_at,
    is_resolved,
    cast(null as timestamp) as resolved_without_event_at,
    cast(null as varchar) as detected_by,
    cast(null as varchar) as resolved_by,
    cast(null as varchar) as fingerprint,
    cast(null as varchar) as caused_by_deployment_id
from cstate

union all

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    incident_id,
    service_id,
    team_id,
    severity,
    is_planned,
    cast(null as timestamp) as impact_started_at,
    cast(null as timestamp) as detected_at,
    declared_at,
    acknowledged_at,
    cast(null as timestamp) as mitigated_at,
    resolved_at,
    closed_at,
    is_resolved,
    cast(null as timestamp) as resolved_without_event_at,
    cast(null as varchar) as detected_by,
    cast(null as varchar) as resolved_by,
    cast(null as varchar) as fingerprint,
    cast(null as varchar) as caused_by_deployment_id
from servicenow

union all

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    incident_id,
    service_id,
    team_id,
    severity,
    is_planned,
    impact_started_at,
    detected_at,
    declared_at,
    acknowledged_at,
    mitigated_at,
    resolved_at,
    closed_at,
    is_resolved,
    resolved_without_event_at,
    detected_by,
    resolved_by,
    fingerprint,
    caused_by_deployment_id
from records
