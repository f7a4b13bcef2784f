-- Samples by 5 minutes: what burn windows are summed from. A sample counts in the 5 minutes in which it begins, however
-- long it is. Built in parts as int_sli_hours is: an hour of which nothing stands keeps a row of no samples.
{{ config(
    materialized=built_in_parts(),
    unique_key='hour_key'
) }}

with

{{ samples_to_sum() }},

slotted as (

    select
        *,
        300 * {{ statistics_quotient(microseconds_between(epoch_start(), 'starts_at'), '300000000') }} as slot_second
    from judged

),

summed as (

    select
        source,
        slo_id,
        hour_at,
        slot_second,
        cast(count(case when stands then 1 end) as bigint) as samples,
        cast(count(case when stands and seconds is null then 1 end) as bigint) as samples_without_length,
        cast(coalesce(max(case when stands then seconds end), 0) as bigint) as longest_seconds,
        cast(coalesce(sum(case when stands then good end), 0) as bigint) as good,
        cast(coalesce(sum(case when stands then valid end), 0) as bigint) as valid,
        slice_millionths,
        cast(coalesce(sum(case when is_slice then seconds end), 0) as bigint) as slice_seconds,
        cast(coalesce(sum(case when is_slice and is_bad then seconds end), 0) as bigint) as bad_slice_seconds,
        is_excluded,
        exclusion_state,
        hour_key
    from slotted
    group by source, slo_id, hour_at, slot_second, slice_millionths, is_excluded, exclusion_state, hour_key

)

select
    summed.*,
    hours.hour_state
from summed
inner join hours
    on summed.hour_key = hours.hour_key
