with

flagged as (select * from {{ ref('stg_records__slos_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    slo_id,
    service_id,
    sli,
    budgeting,
    objective,
    slice_target,
    window_days,
    threshold_ms,
    valid_from,
    valid_to
from flagged
where fate = 'staged'
