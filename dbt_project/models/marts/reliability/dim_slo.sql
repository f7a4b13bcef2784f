-- Objectives with their history: every version with the time in which it was in force.
with

slos as (select * from {{ ref('stg_records__slos') }}),

in_force as (
    {{ versions_in_force('slos', 'slo_id') }}
)

select
    slo_id,
    source,
    source_record_id,
    batch_id,
    recorded_at,
    service_id,
    sli,
    coalesce(budgeting, 'occurrences') as budgeting,
    objective,
    slice_target,
    window_days,
    threshold_ms,
    in_force_from,
    in_force_to
from in_force
