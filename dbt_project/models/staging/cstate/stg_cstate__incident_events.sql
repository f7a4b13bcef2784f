-- What each valid revision changed against the valid one before it.
with

revisions as (
    select * from {{ ref('stg_cstate__incident_events_flagged') }}
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
        actor,
        operation,
        severity,
        is_resolved,
        lag(version_rank) over (
            partition by source, incident_id order by version_rank desc nulls last
        ) is null as is_first,
        lag(severity) over (partition by source, incident_id order by version_rank desc nulls last) as former_severity,
        lag(is_resolved) over (partition by source, incident_id order by version_rank desc nulls last) as was_resolved
    from revisions
)

{{ events_of([
    {'event': 'declared', 'holds': "is_first or operation = 'created'"},
    {'event': 'acknowledged', 'holds': "is_first or operation = 'created'"},
    {'event': 'severity_changed', 'holds': 'not is_first and severity is distinct from former_severity',
        'field': 'severity', 'from_value': 'former_severity', 'to_value': 'severity'},
    {'event': 'resolved', 'holds': 'is_resolved and not coalesce(was_resolved, false)'},
    {'event': 'reopened', 'holds': 'not is_resolved and coalesce(was_resolved, false)'},
    {'event': 'edited', 'holds': "not is_first and operation <> 'created'"
        ~ ' and severity is not distinct from former_severity and is_resolved is not distinct from was_resolved'},
]) }}
