-- The same audit rows as changes.
{{ event_rows(
    'stg_servicenow__incidents_flagged',
    columns=['incident_id', 'state', 'severity', 'team_id', 'declared_at']
) }}
