-- What each valid audit row changed against the valid one before it. Who did it is not kept.
with

audit_rows as (
    select
        *,
        state in ('Resolved', 'Closed') as is_resolved,
        case when state = 'Active' or state like 'Awaiting %' then version_rank end as worked_on_rank
    from {{ ref('stg_servicenow__incident_events_flagged') }}
    where fate = 'staged'
),

versions as (
    select
        source,
        concat_ws('@', source_record_id, cast(landed_row as string)) as source_record_id,
        batch_id,
        updated_at,
        recorded_at,
        incident_id,
        cast(null as string) as actor,
        coalesce(declared_at, recorded_at) as declared_at,
        state,
        severity,
        team_id,
        is_resolved,
        coalesce(worked_on_rank = max(worked_on_rank) over (partition by source, incident_id), false) as is_taken_up,
        lag(state) over (partition by source, incident_id order by version_rank desc nulls last) as former_state,
        lag(severity) over (partition by source, incident_id order by version_rank desc nulls last) as former_severity,
        lag(team_id) over (partition by source, incident_id order by version_rank desc nulls last) as former_team_id,
        lag(is_resolved) over (partition by source, incident_id order by version_rank desc nulls last) as was_resolved
    from audit_rows
)

{{ events_of([
    {'event': 'declared', 'holds': 'former_state is null', 'at': 'declared_at'},
    {'event': 'acknowledged', 'holds': 'is_taken_up'},
    {'event': 'reassigned', 'holds': 'former_state is not null and team_id is distinct from former_team_id',
        'field': 'team_id', 'from_value': 'former_team_id', 'to_value': 'team_id'},
    {'event': 'severity_changed', 'holds': 'former_state is not null and severity is distinct from former_severity',
        'field': 'severity', 'from_value': 'former_severity', 'to_value': 'severity'},
    {'event': 'resolved', 'holds': 'is_resolved and not coalesce(was_resolved, false)'},
    {'event': 'reopened', 'holds': 'not is_resolved and coalesce(was_resolved, false)'},
    {'event': 'edited', 'holds': 'former_state is not null and not is_taken_up and is_resolved = was_resolved'
        ~ ' and team_id is not distinct from former_team_id and severity is not distinct from former_severity'},
]) }}
