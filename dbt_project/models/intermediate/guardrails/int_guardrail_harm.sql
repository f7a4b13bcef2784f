-- Does automation do harm: live runs that caused or worsened an incident, or were reversed, as in automation_harm.
with

runs as (select * from {{ ref('fct_automation_runs') }})

select
    'harm' as guardrail_id,
    'runs' as part,
    cast(null as string) as policy_version,
    service_id,
    team_id,
    started_at as anchored_at,
    'automation_runs/' || run_id as record_id,
    mode = 'live' as is_in_scope,
    mode = 'live' and (harmed_incident_id is not null or reversed_at is not null) as is_failed,
    cast(null as bigint) as review_microseconds
from runs
where coalesce(mode = 'live', true)
