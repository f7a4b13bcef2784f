with

flagged as (select * from {{ ref('stg_records__deployments_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    deployment_id,
    service_id,
    environment,
    version,
    first_commit_at,
    started_at,
    finished_at,
    outcome,
    failed_at,
    restored_at,
    exposed_share,
    strategy,
    trigger,
    tests,
    gates_skipped,
    abort_trigger,
    rollback_of,
    rollback_trigger,
    change_kind,
    is_unplanned_fix,
    change_count,
    lines_changed,
    approval_requested_at,
    approved_at,
    approver_differs
from flagged
where fate = 'staged'
