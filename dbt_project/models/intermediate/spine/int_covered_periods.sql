-- Periods of which the sources speak for a metric at some time, by entity.
with

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

segment_metrics as (

    select * from {{ ref('int_segment_metrics') }}

),

periods as (

    select * from {{ ref('int_periods') }}

)

select
    segments.entity_key,
    periods.period_key,
    segment_metrics.metric_id,
    max(case when segment_metrics.is_covered then 1 else 0 end) = 1 as is_covered,
    max(case when segment_metrics.is_dimension_covered then 1 else 0 end) = 1 as is_dimension_covered
from segments
inner join segment_metrics
    on segments.segment_key = segment_metrics.segment_key
inner join periods
    on
        segments.ends_at > periods.starts_at
        and segments.starts_at < periods.ends_at
group by segments.entity_key, periods.period_key, segment_metrics.metric_id
