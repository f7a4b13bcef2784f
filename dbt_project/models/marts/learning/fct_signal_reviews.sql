-- What people found when they looked at an integrity signal: every verdict, and whether it is the last one.
-- Why is free text, in which a person may be named, and stays behind.
with

reviews as (select * from {{ ref('stg_records__signal_reviews') }}),

ranked as (
    select
        *,
        row_number() over (
            partition by signal_id, entity_id, period_start_on
            order by
                reviewed_at desc nulls last, recorded_at desc nulls last, source desc nulls last,
                source_record_id desc nulls last
        ) as review_rank
    from reviews
)

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
    reviewed_at,
    review_rank = 1 as is_last
from ranked
