with

flagged as (select * from {{ ref('stg_upptime__automation_runs_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    run_id,
    'upptime-' || task as automation_id,
    service_id,
    started_at,
    'live' as mode
from flagged
where fate = 'staged'
