-- Buckets of histograms by hour. Only hours whose histograms changed are summed anew; an hour of which nothing stands
-- keeps a row of no samples. On Spark it is built whole.
{{ config(
    materialized=built_in_parts(),
    unique_key='hour_key'
) }}

with

buckets as (

    select * from {{ ref('stg_records__latency_histograms_flagged') }}

),

stale as (

    {{ stale_hours('stg_records__latency_histogram_hours') }}

)

select
    buckets.source,
    buckets.batch_id,
    buckets.service_id,
    buckets.market,
    {{ hour_start('buckets.starts_at') }} as hour_at,
    buckets.upper_bound_ms,
    max(case when buckets.fate = 'staged' then buckets.recorded_at end) as recorded_at,
    cast(count(case when buckets.fate = 'staged' then 1 end) as bigint) as samples,
    cast(coalesce(sum(case when buckets.fate = 'staged' then buckets.count end), 0) as bigint) as requests,
    buckets.hour_key,
    buckets.hour_state
from buckets
inner join stale
    on buckets.hour_key = stale.hour_key
group by
    buckets.source, buckets.batch_id, buckets.service_id, buckets.market, {{ hour_start('buckets.starts_at') }},
    buckets.upper_bound_ms, buckets.hour_key, buckets.hour_state
