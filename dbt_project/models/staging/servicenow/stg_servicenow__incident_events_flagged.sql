-- The same audit rows as changes.
{{ event_rows(
    'stg_servicenow__incidents_flagged',
    columns=['incident_id', 'state', 'severity', 'team_id', 'declared_at'],
    defects=['incident_id', 'state', 'version', 'source_updated_at', 'declared_at', 'severity', 'service_id',
        'team_id', 'key']
) }}
