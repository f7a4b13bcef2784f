with

flagged as (select * from {{ ref('stg_records__incidents_flagged') }})

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
    impact_started_at,
    detected_at,
    declared_at,
    acknowledged_at,
    mitigated_at,
    resolved_at,
    closed_at,
    detected_by,
    resolved_by,
    is_planned,
    customer_impact,
    fingerprint,
    caused_by_deployment_id,
    resolved_at is not null or closed_at is not null as is_resolved,
    resolved_at as resolved_without_event_at
from flagged
where fate = 'staged'
