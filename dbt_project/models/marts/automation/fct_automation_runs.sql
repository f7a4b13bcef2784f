with

runs as (select * from {{ ref('int_automation_runs') }}),

ownership as (select * from {{ ref('int_service_ownership') }})

select
    runs.run_id,
    runs.source,
    runs.source_record_id,
    runs.batch_id,
    runs.recorded_at,
    runs.automation_id,
    runs.version,
    runs.service_id,
    ownership.team_id,
    ownership.area,
    runs.trigger,
    runs.mode,
    runs.outcome,
    runs.started_at,
    runs.finished_at,
    runs.incident_id,
    runs.taken_over_at,
    runs.reversed_at,
    runs.harmed_incident_id
from runs
left join ownership
    on
        runs.service_id = ownership.service_id
        and runs.started_at >= ownership.owned_from
        and (runs.started_at < ownership.owned_to or ownership.is_open)
