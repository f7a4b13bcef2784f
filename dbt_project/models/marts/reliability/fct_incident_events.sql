with

events as (select * from {{ ref('int_incident_events') }})

select
    incident_id,
    source,
    source_record_id,
    batch_id,
    recorded_at,
    event_at,
    event,
    field,
    from_value,
    to_value,
    actor
from events
