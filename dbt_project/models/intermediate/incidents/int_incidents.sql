-- Incidents of every vendor.
{{ rows_of_models(
    columns={
        'source': 'string',
        'source_record_id': 'string',
        'batch_id': 'string',
        'updated_at': 'timestamp',
        'recorded_at': 'timestamp',
        'incident_id': 'string',
        'service_id': 'string',
        'team_id': 'string',
        'severity': 'string',
        'is_planned': 'boolean',
        'customer_impact': 'boolean',
        'impact_started_at': 'timestamp',
        'detected_at': 'timestamp',
        'declared_at': 'timestamp',
        'acknowledged_at': 'timestamp',
        'mitigated_at': 'timestamp',
        'resolved_at': 'timestamp',
        'closed_at': 'timestamp',
        'is_resolved': 'boolean',
        'resolved_without_event_at': 'timestamp',
        'detected_by': 'string',
        'resolved_by': 'string',
        'fingerprint': 'string',
        'caused_by_deployment_id': 'string'
    },
    without={
        'stg_cstate__incidents': [
            'team_id', 'detected_at', 'mitigated_at', 'closed_at', 'resolved_without_event_at', 'detected_by',
            'resolved_by', 'customer_impact', 'fingerprint', 'caused_by_deployment_id'
        ],
        'stg_servicenow__incidents': [
            'impact_started_at', 'detected_at', 'mitigated_at', 'resolved_without_event_at', 'detected_by',
            'resolved_by', 'customer_impact', 'fingerprint', 'caused_by_deployment_id'
        ],
        'stg_statuspage__incidents': [
            'team_id', 'detected_at', 'mitigated_at', 'closed_at', 'detected_by', 'resolved_by', 'fingerprint',
            'caused_by_deployment_id'
        ],
        'stg_upptime__incidents': [
            'team_id', 'severity', 'detected_at', 'acknowledged_at', 'mitigated_at', 'closed_at', 'resolved_by',
            'customer_impact', 'fingerprint', 'caused_by_deployment_id'
        ],
        'stg_health_checks__incidents': [
            'team_id', 'severity', 'detected_at', 'acknowledged_at', 'mitigated_at', 'closed_at', 'resolved_by',
            'customer_impact', 'fingerprint', 'caused_by_deployment_id'
        ],
        'stg_records__incidents': []
    }
) }}
