with

flagged as (select * from {{ ref('stg_records__capacity_events_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    event_id,
    service_id,
    happened_at,
    event
from flagged
where fate = 'staged'
