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

{{ staged_slos(
    'followed',
    valid_from='coalesce(valid_from, recorded_at)',
    valid_to='case when is_deleted_next then next_recorded_at end'
) }}
