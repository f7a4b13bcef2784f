with

flagged as (select * from {{ ref('stg_records__signal_reviews_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    signal_id,
    entity_id,
    period_start_on,
    verdict,
    reason,
    reviewed_at
from flagged
where fate = 'staged'
