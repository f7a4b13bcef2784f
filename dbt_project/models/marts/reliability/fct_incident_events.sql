-- Changes of incidents. Whether a person or automation made one is not told here: from it anybody would have the time
-- that the people of a small team spent (int_incident_events has it, and is not published).
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
    to_value
from events
