with

flagged as (select * from {{ ref('stg_records__incident_services_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    incident_id,
    service_id,
    market,
    impact_started_at,
    impact_ended_at
from flagged
where fate = 'staged'
