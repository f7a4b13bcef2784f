-- Changes of incidents, of every vendor.
{{ rows_of_vendors(
    columns={
        'source': 'varchar',
        'source_record_id': 'varchar',
        'batch_id': 'varchar',
        'updated_at': 'timestamp',
        'recorded_at': 'timestamp',
        'incident_id': 'varchar',
        'event_at': 'timestamp',
        'event': 'varchar',
        'field': 'varchar',
        'from_value': 'varchar',
        'to_value': 'varchar',
        'actor': 'varchar'
    },
    without={
        'stg_cstate__incident_events': [],
        'stg_servicenow__incident_events': [],
        'stg_records__incident_events': []
    }
) }}
