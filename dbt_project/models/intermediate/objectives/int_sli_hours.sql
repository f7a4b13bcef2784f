-- Samples by hour: what every number about objectives is summed from. Only hours whose samples changed are summed anew,
-- those whose slices are judged by another target now, and those of which another time was agreed not to count; an
-- hour of which nothing stands keeps a row of no samples. Samples that lie in an agreed window from start to end have
-- rows of their own. A slice is a sample that had any valid event. On Spark it is built whole.
{{ config(
    materialized=built_in_parts(),
    unique_key='hour_key'
) }}

with

{{ samples_to_sum() }}

select
    source,
    batch_id,
    slo_id,
    market,
    hour_at,
    max(case when stands then recorded_at end) as recorded_at,
    cast(count(case when stands then 1 end) as bigint) as samples,
    cast(coalesce(sum(case when stands then seconds end), 0) as bigint) as seconds,
    cast(coalesce(sum(case when stands then good end), 0) as bigint) as good,
    cast(coalesce(sum(case when stands then valid end), 0) as bigint) as valid,
    slice_millionths,
    cast(coalesce(sum(case when is_slice then seconds end), 0) as bigint) as slice_seconds,
    cast(coalesce(sum(case when is_slice and is_bad then seconds end), 0) as bigint) as bad_slice_seconds,
    cast(count(case when is_slice and seconds is null then 1 end) as bigint) as slices_without_length,
    is_excluded,
    exclusion_state,
    hour_key,
    hour_state
from judged
group by
    source,
    batch_id,
    slo_id,
    market,
    hour_at,
    slice_millionths,
    is_excluded,
    exclusion_state,
    hour_key,
    hour_state
