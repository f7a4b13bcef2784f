-- Live runs, and those that saved nothing and touched neither an incident nor an alert. A run that is over within five
-- seconds has saved nobody anything, whatever the manual way is said to take.
with

runs as (

    select
        *,
        incident_id is null and alert_id is null and harmed_incident_id is null as has_touched_nothing,
        coalesce({{ microseconds_between('started_at', 'finished_at') }} < 5000000, false) as is_over_at_once
    from {{ ref('fct_automation_runs') }}
    where mode = 'live' and outcome is not null and started_at is not null

),

judged as (

    select
        *,
        has_touched_nothing and (is_over_at_once or coalesce(saved_microseconds <= 0, false)) as is_trivial
    from runs

)

select
    'trivial_padding' as signal_id,
    team_id as entity_id,
    started_at as happened_at,
    run_id as record_id,
    recorded_at,
    true as is_counted,
    is_trivial as is_suspicious,
    is_trivial as is_evidence
from judged
