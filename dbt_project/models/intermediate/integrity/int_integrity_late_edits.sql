-- Edits of what metrics rest on, 72 hours after an incident was closed or later, and whether each improves a metric:
-- an end that comes earlier, a start that comes later, a severity that falls. An edit that does neither is no draw.
with

incidents as (

    select
        incident_id,
        team_id,
        coalesce(closed_at, resolved_at) as over_at
    from {{ ref('fct_incidents') }}
    where is_planned = false

),

events as (

    select * from {{ ref('fct_incident_events') }}

    where event in ('edited', 'severity_changed')

),

late as (

    select
        incidents.team_id,
        events.source,
        events.source_record_id,
        events.recorded_at,
        events.event_at,
        events.field,
        events.from_value,
        events.to_value,
        {{ parse_instant('events.from_value', "'UTC'", "'iso'") }} as from_at,
        {{ parse_instant('events.to_value', "'UTC'", "'iso'") }} as to_at
    from incidents
    inner join events
        on
            incidents.incident_id = events.incident_id
            and events.event_at >= {{ plus_hours('incidents.over_at', 72) }}

),

judged as (

    select
        *,
        case
            when field in ('detected_at', 'acknowledged_at', 'mitigated_at', 'resolved_at') and from_at <> to_at
                then to_at < from_at
            when field in ('impact_started_at', 'declared_at') and from_at <> to_at
                then to_at > from_at
            when
                field = 'severity' and from_value <> to_value
                and from_value in ('sev1', 'sev2', 'sev3', 'sev4', 'sev5')
                and to_value in ('sev1', 'sev2', 'sev3', 'sev4', 'sev5')
                then to_value > from_value
        end as is_better
    from late

)

select
    'late_edit' as signal_id,
    team_id as entity_id,
    event_at as happened_at,
    concat_ws('/', source, source_record_id) as record_id,
    recorded_at,
    true as is_counted,
    is_better as is_suspicious,
    is_better as is_evidence
from judged
where is_better is not null
