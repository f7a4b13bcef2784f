-- Rollouts of every vendor.
{{ rows_of_vendors(
    columns={
        'source': 'varchar',
        'source_record_id': 'varchar',
        'batch_id': 'varchar',
        'updated_at': 'timestamp',
        'recorded_at': 'timestamp',
        'deployment_id': 'varchar',
        'service_id': 'varchar',
        'environment': 'varchar',
        'version': 'varchar',
        'started_at': 'timestamp',
        'finished_at': 'timestamp',
        'outcome': 'varchar',
        'exposed_share': 'double',
        'strategy': 'varchar',
        'trigger': 'varchar',
        'rollback_of': 'varchar',
        'rollback_trigger': 'varchar',
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
