with

flagged as (select * from {{ ref('stg_records__slo_exclusions_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    exclusion_id,
    slo_id,
    service_id,
    starts_at,
    ends_at,
    registered_at,
    reason
from flagged
where fate = 'staged'
