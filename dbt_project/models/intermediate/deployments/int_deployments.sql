-- Rollouts of every vendor.
{{ rows_of_models(
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
        'first_commit_at': 'timestamp',
        'started_at': 'timestamp',
        'finished_at': 'timestamp',
        'outcome': 'string',
        'failed_at': 'timestamp',
        'restored_at': 'timestamp',
        'exposed_share': 'double',
        'strategy': 'string',
        'trigger': 'string',
        'tests': 'string',
        'gates_skipped': 'bigint',
        'abort_trigger': 'string',
        'rollback_of': 'string',
        'rollback_trigger': 'string',
        'is_unplanned_fix': 'boolean',
        'change_kind': 'string',
        'approval_requested_at': 'timestamp',
        'approved_at': 'timestamp',
        'approver_differs': 'boolean'
    },
    without={
        'stg_gitops__deployments': [
            'first_commit_at', 'finished_at', 'outcome', 'failed_at', 'restored_at', 'exposed_share', 'strategy', 'tests',
            'gates_skipped', 'abort_trigger', 'is_unplanned_fix', 'change_kind',
            'approval_requested_at', 'approved_at', 'approver_differs'
        ],
        'stg_image_tags__deployments': [
            'first_commit_at', 'finished_at', 'outcome', 'failed_at', 'restored_at', 'exposed_share', 'strategy', 'tests',
            'gates_skipped', 'abort_trigger', 'rollback_of', 'rollback_trigger', 'is_unplanned_fix', 'change_kind',
            'approval_requested_at', 'approved_at', 'approver_differs'
        ],
        'stg_upptime__deployments': [
            'version', 'first_commit_at', 'finished_at', 'outcome', 'failed_at', 'restored_at', 'exposed_share', 'strategy',
            'tests', 'gates_skipped', 'abort_trigger', 'rollback_of', 'rollback_trigger', 'is_unplanned_fix', 'change_kind',
            'approval_requested_at', 'approved_at', 'approver_differs'
        ],
        'stg_records__deployments': []
    }
) }}
