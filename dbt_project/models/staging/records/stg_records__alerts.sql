with

flagged as (select * from {{ ref('stg_records__alerts_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    alert_id,
    service_id,
    alert_class,
    fired_at,
    resolved_at,
    resolved_by,
    was_paged,
    action_taken,
    incident_id,
    is_held_out
from flagged
where fate = 'staged'
