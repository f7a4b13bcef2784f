-- Changes of incidents, of every vendor.
{{ rows_of_models(
    columns={
        'source': 'string',
        'source_record_id': 'string',
        'batch_id': 'string',
        'updated_at': 'timestamp',
        'recorded_at': 'timestamp',
        'incident_id': 'string',
        'event_at': 'timestamp',
        'event': 'string',
        'field': 'string',
        'from_value': 'string',
        'to_value': 'string',
        'actor': 'string'
    },
    without={
        'stg_cstate__incident_events': [],
        'stg_servicenow__incident_events': [],
        'stg_records__incident_events': []
    }
) }}
