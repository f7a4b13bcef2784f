-- One row an execution, with the owner of the service then, the time that the manual way takes, and the time that the
-- run saved: of a live run that succeeded, the manual way's less its own; of one that did not, none.
with

runs as (select * from {{ ref('int_automation_runs') }}),

versions as (select * from {{ ref('dim_automation') }}),

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
    runs.alert_id,
    runs.taken_over_at,
    runs.reversed_at,
    runs.harmed_incident_id,
    runs.approval_requested_at,
    runs.approved_at,
    runs.approval_expires_at,
    runs.approver_differs,
    versions.manual_minutes,
    versions.manual_minutes_basis,
    case
        when runs.mode = 'live' and runs.outcome <> 'succeeded' then cast(0 as bigint)
        when runs.mode = 'live' and runs.outcome = 'succeeded'
            then
                cast(cast(versions.manual_minutes as decimal(18, 6)) * 60000000 as bigint)
                - {{ microseconds_between('runs.started_at', 'runs.finished_at') }}
    end as saved_microseconds
from runs
left join versions
    on
        runs.automation_id = versions.automation_id
        and runs.version is not distinct from versions.version
left join ownership
    on
        runs.service_id = ownership.service_id
        and runs.started_at >= ownership.owned_from
        and (runs.started_at < ownership.owned_to or ownership.is_open)
