-- Closed unplanned incidents, and those whose severity was lowered when it no longer mattered: after the resolution,
-- and no earlier than 24 hours before the closing. What triage lowers while an incident runs is no sign of anything.
with

incidents as (

    select
        *,
        coalesce(closed_at, resolved_at) as over_at
    from {{ ref('fct_incidents') }}
    where is_planned = false

),

lowered as (

    select
        incidents.incident_id,
        max(events.recorded_at) as recorded_at
    from incidents
    inner join {{ ref('fct_incident_events') }} as events
        on
            incidents.incident_id = events.incident_id
            and events.event_at >= coalesce(incidents.first_resolved_at, incidents.over_at)
            and events.event_at >= {{ plus_hours('incidents.over_at', -24) }}
    where
        events.event = 'severity_changed'
        and events.from_value in ('sev1', 'sev2', 'sev3', 'sev4')
        and events.to_value in ('sev2', 'sev3', 'sev4', 'sev5')
        and events.to_value > events.from_value
    group by incidents.incident_id

)

select
    'severity_downgrade' as signal_id,
    incidents.team_id as entity_id,
    incidents.over_at as happened_at,
    incidents.incident_id as record_id,
    coalesce(lowered.recorded_at, incidents.recorded_at) as recorded_at,
    true as is_counted,
    lowered.incident_id is not null as is_suspicious,
    lowered.incident_id is not null as is_evidence
from incidents
left join lowered
    on incidents.incident_id = lowered.incident_id
where incidents.over_at is not null
