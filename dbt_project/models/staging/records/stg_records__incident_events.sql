with

flagged as (select * from {{ ref('stg_records__incident_events_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    incident_id,
    event_at,
    event,
    field,
    from_value,
    to_value,
    actor
from flagged
where fate = 'staged'
