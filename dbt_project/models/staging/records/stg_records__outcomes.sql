with

flagged as (select * from {{ ref('stg_records__outcomes_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    measure,
    market,
    period_start_on,
    period_end_on,
    value,
    n,
    value_millionths
from flagged
where fate = 'staged'
