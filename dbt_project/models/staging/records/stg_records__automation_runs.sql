with

flagged as (select * from {{ ref('stg_records__automation_runs_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    run_id,
    automation_id,
    version,
    service_id,
    trigger,
    incident_id,
    alert_id,
    started_at,
    finished_at,
    outcome,
    mode,
    approval_requested_at,
    approved_at,
    approval_expires_at,
    approver_differs,
    taken_over_at,
    reversed_at,
    harmed_incident_id
from flagged
where fate = 'staged'
