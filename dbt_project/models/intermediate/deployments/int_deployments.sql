-- Rollouts of every vendor.
{{ rows_of_vendors(
    columns={
        'source': 'string',
        'source_record_id': 'string',
        'batch_id': 'string',
        'updated_at': 'timestamp',
        'recorded_at': 'timestamp',
        'deployment_id': 'string',
        'service_id': 'string',
        'environment': 'string',
        'version': 'string',
        'started_at': 'timestamp',
        'finished_at': 'timestamp',
        'outcome': 'string',
        'exposed_share': 'double',
        'strategy': 'string',
        'trigger': 'string',
        'rollback_of': 'string',
        'rollback_trigger': 'string',
        'is_unplanned_fix': 'boolean'
    },
    without={
        'stg_gitops__deployments': ['finished_at', 'outcome', 'exposed_share', 'strategy', 'is_unplanned_fix'],
        'stg_image_tags__deployments': [
            'finished_at', 'outcome', 'exposed_share', 'strategy', 'rollback_of', 'rollback_trigger',
            'is_unplanned_fix'
        ],
        'stg_records__deployments': []
    }
) }}
