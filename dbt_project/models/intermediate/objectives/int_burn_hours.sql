-- Hours of samples, the days (UTC, counted from 1970) in which their intervals end, and the state of all that is summed
-- from them: what was delivered, and what was agreed not to count.
{{ config(materialized='table') }}

with

slots as (select * from {{ ref('int_sli_slots') }}),

spans as (
    select
        hour_at,
        {{ statistics_quotient('min(slot_second + greatest(300, longest_seconds))', '86400') }} as first_day,
        {{ statistics_quotient('max(slot_second + greatest(300, longest_seconds))', '86400') }} as last_day
    from slots
    group by hour_at
),

delivered as (
    select distinct
        hour_at,
        hour_key,
        hour_state
    from slots
),

agreed as (
    select distinct
        hour_at,
        slo_id,
        exclusion_state
    from slots
    where exclusion_state is not null
),

marks as (
    select
        hour_at,
        concat_ws('=', hour_key, hour_state) as mark
    from delivered

    union all

    select
        hour_at,
        concat_ws('=', slo_id, exclusion_state) as mark
    from agreed
),

stated as (
    select
        hour_at,
        {{ texts_in_order('mark') }} as state
    from marks
    group by hour_at
)

select
    spans.hour_at,
    spans.first_day,
    spans.last_day,
    md5(stated.state) as state
from spans
inner join stated
    on spans.hour_at = stated.hour_at
