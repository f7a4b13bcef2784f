with

flagged as (select * from {{ ref('stg_records__markets_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    market,
    is_critical,
    time_zone,
    valid_from,
    valid_to
from flagged
where fate = 'staged'
