-- The same revisions as changes. Without a history there is one state, and nothing that changed.
{{ event_rows(
    'stg_cstate__incidents_flagged',
    columns=['incident_id', 'operation', 'actor', 'severity', 'is_resolved'],
    not_applicable="case when not has_history then 'no revision history' end"
) }}
