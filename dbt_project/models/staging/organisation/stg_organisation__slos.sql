-- Objectives of slos.yml with their history: each state is valid from when it says, else from when it was landed (the
-- first landing: since ever), and until the next one, or until the objective is gone from the file.
with

flagged as (

    select * from {{ ref('stg_organisation__slos_flagged') }}

    where fate in ('staged', 'deleted')

),

followed as (

    select
        *,
        lead(is_deleted) over (
            partition by slo_id order by recorded_at nulls last, batch_id nulls last
        ) as is_deleted_next,
        lead(recorded_at) over (
            partition by slo_id order by recorded_at nulls last, batch_id nulls last
        ) as next_recorded_at
    from flagged

)

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
    coalesce(valid_from, recorded_at) as valid_from,
    case when is_deleted_next then next_recorded_at end as valid_to
from followed
where fate = 'staged'
