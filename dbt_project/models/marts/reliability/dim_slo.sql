-- Objectives with their history: every version with the time in which it was in force, which ends where the next one
-- begins. Of versions that begin at the same instant the one changed last is in force, and the others never were.
with

slos as (select * from {{ ref('stg_records__slos') }}),

begun as (
    select
        *,
        coalesce(valid_from, {{ epoch_start() }}) as in_force_from
    from slos
),

followed as (
    select
        *,
        lead(in_force_from) over (
            partition by slo_id
            order by
                in_force_from nulls last, updated_at nulls last, recorded_at nulls last, source nulls last,
                source_record_id nulls last
        ) as next_from
    from begun
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
    least(coalesce(valid_to, next_from), coalesce(next_from, valid_to)) as in_force_to
from followed
