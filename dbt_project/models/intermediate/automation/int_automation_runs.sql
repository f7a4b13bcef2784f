-- Runs of every vendor.
{{ rows_of_vendors(
    columns={
        'source': 'varchar',
        'source_record_id': 'varchar',
        'batch_id': 'varchar',
        'updated_at': 'timestamp',
        'recorded_at': 'timestamp',
        'run_id': 'varchar',
        'automation_id': 'varchar',
        'version': 'varchar',
        'service_id': 'varchar',
        'trigger': 'varchar',
        'mode': 'varchar',
        'outcome': 'varchar',
        'started_at': 'timestamp',
        'finished_at': 'timestamp',
        'incident_id': 'varchar'
    },
    without={
        'stg_gitops__automation_runs': ['version', 'trigger', 'outcome', 'incident_id'],
        'stg_image_tags__automation_runs': ['version', 'trigger', 'outcome', 'incident_id'],
        'stg_records__automation_runs': []
    }
) }}
