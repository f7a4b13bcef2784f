-- Runs of every vendor.
{{ rows_of_models(
    columns={
        'source': 'string',
        'source_record_id': 'string',
        'batch_id': 'string',
        'updated_at': 'timestamp',
        'recorded_at': 'timestamp',
        'run_id': 'string',
        'automation_id': 'string',
        'version': 'string',
        'service_id': 'string',
        'trigger': 'string',
        'mode': 'string',
        'outcome': 'string',
        'started_at': 'timestamp',
        'finished_at': 'timestamp',
        'incident_id': 'string',
        'alert_id': 'string',
        'taken_over_at': 'timestamp',
        'reversed_at': 'timestamp',
        'harmed_incident_id': 'string',
        'approval_requested_at': 'timestamp',
        'approved_at': 'timestamp',
        'approval_expires_at': 'timestamp',
        'approver_differs': 'boolean'
    },
    without={
        'stg_gitops__automation_runs': [
            'version', 'trigger', 'outcome', 'incident_id', 'alert_id', 'taken_over_at', 'reversed_at',
            'harmed_incident_id',
            'approval_requested_at', 'approved_at', 'approval_expires_at', 'approver_differs'
        ],
        'stg_image_tags__automation_runs': [
            'version', 'trigger', 'outcome', 'incident_id', 'alert_id', 'taken_over_at', 'reversed_at',
            'harmed_incident_id',
            'approval_requested_at', 'approved_at', 'approval_expires_at', 'approver_differs'
        ],
        'stg_upptime__automation_runs': [
            'version', 'trigger', 'outcome', 'finished_at', 'incident_id', 'alert_id', 'taken_over_at', 'reversed_at',
            'harmed_incident_id',
            'approval_requested_at', 'approved_at', 'approval_expires_at', 'approver_differs'
        ],
        'stg_records__automation_runs': []
    }
) }}
