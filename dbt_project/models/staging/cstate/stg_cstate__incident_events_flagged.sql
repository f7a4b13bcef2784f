-- The same revisions as changes. Without a history there is one state, and nothing that changed.
{{ event_rows(
    'stg_cstate__incidents_flagged',
    columns=['incident_id', 'operation', 'actor', 'severity', 'is_resolved'],
    defects=['incident_id', 'front_matter_error', 'operation', 'actor', 'committed_at', 'severity', 'is_resolved',
        'impact_started_at', 'stated_end_at', 'service_id', 'key'],
    not_applicable="case when committed_at is null and committed_at_rejected is null then 'no revision history' end"
) }}
