-- The state of every hour of samples: which batches speak of it, how they are read, and whether the clock hides any of
-- it. What was worked out from an hour stands as long as its state does.
{{ config(materialized='table') }}

with

spoken as (select * from {{ ref('stg_records__sli_sample_batches') }}),

batches as (select * from {{ ref('stg_landing__batches') }}),

dated as (
    select
        spoken.batch_id,
        spoken.hour_key,
        spoken.rows,
        batches.time_zone,
        batches.date_order,
        batches.is_declared,
        batches.as_of,
        case
            when {{ word('spoken.raw_recorded_at') }} is null then batches.known_at
            else {{ parse_instant(word('spoken.raw_recorded_at'), 'batches.time_zone', 'batches.date_order') }}
        end as known_at
    from spoken
    inner join batches on spoken.batch_id = batches.batch_id
)

select
    hour_key,
    concat_ws(
        '/',
        cast(count(distinct batch_id) as string), min(batch_id), max(batch_id),
        cast(sum(rows) as string),
        min(time_zone), max(time_zone), min(date_order), max(date_order),
        cast(count(case when is_declared then 1 end) as string),
        cast(max(case when known_at > as_of then as_of end) as string)
    ) as hour_state
from dated
group by hour_key
