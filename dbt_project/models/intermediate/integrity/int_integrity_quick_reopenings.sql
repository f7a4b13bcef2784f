-- Resolved unplanned incidents, and those that were reopened within an hour.
with

incidents as (

    select
        *,
        coalesce({{ microseconds_between('first_resolved_at', 'first_reopened_at') }} <= 3600000000, false) as is_quick
    from {{ ref('fct_incidents') }}
    where is_planned = false and first_resolved_at is not null

)

select
    'quick_close_reopen' as signal_id,
    team_id as entity_id,
    first_resolved_at as happened_at,
    incident_id as record_id,
    recorded_at,
    true as is_counted,
    is_quick as is_suspicious,
    is_quick as is_evidence
from incidents
