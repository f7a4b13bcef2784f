-- Objectives with their history: every version, and when it was in force.
with

slos as (select * from {{ ref('int_slos') }})

select
    slo_id,
    source,
    source_record_id,
    batch_id,
    recorded_at,
    service_id,
    sli,
    budgeting,
    objective,
    slice_target,
    window_days,
    threshold_ms,
    in_force_from,
    in_force_to
from slos
