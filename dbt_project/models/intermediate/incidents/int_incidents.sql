-- Incidents of every vendor.
{{ rows_of_vendors(
    columns={
        'source': 'varchar',
        'source_record_id': 'varchar',
        'batch_id': 'varchar',
        'updated_at': 'timestamp',
        'recorded_at': 'timestamp',
        'incident_id': 'varchar',
        'service_id': 'varchar',
        'team_id': 'varchar',
        'severity': 'varchar',
        'is_planned': 'boolean',
        'impact_started_at': 'timestamp',
        'detected_at': 'timestamp',
        'declared_at': 'timestamp',
        'acknowledged_at': 'timestamp',
        'mitigated_at': 'timestamp',
        'resolved_at': 'timestamp',
        'closed_at': 'timestamp',
        'is_resolved': 'boolean',
        'resolved_without_event_at': 'timestamp',
        'detected_by': 'varchar',
        'resolved_by': 'varchar',
        'fingerprint': 'varchar',
        'caused_by_deployment_id': 'varchar'
    },
    without={
        'stg_cstate__incidents': [
            'team_id', 'detected_at', 'mitigated_at', 'closed_at', 'resolved_without_event_at', 'detected_by',
            'resolved_by', 'fingerprint', 'caused_by_deployment_id'
        ],
        'stg_servicenow__incidents': [
            'impact_started_at', 'detected_at', 'mitigated_at', 'resolved_without_event_at', 'detected_by',
            'resolved_by', 'fingerprint', 'caused_by_deployment_id'
        ],
        'stg_records__incidents': []
    }
) }}
