-- Intervals of measuring at whose end the budget of an objective burns so fast that an alert pair fires: both of its
-- windows reach its factor, the long one holds 5 bad events, the short one a whole sample. Windows are sums over
-- what ended within them; what was agreed not to count is a gap. Only days whose state changed are worked out anew,
-- from their own hours and those of three days before; a day on which nothing fires keeps a row. On Spark it is whole.
{{ config(
    materialized=built_in_parts(),
    unique_key='day_number'
) }}

with

slots as (select * from {{ ref('int_sli_slots') }}),

slos as (

    select * from {{ ref('int_slos') }}

    where window_days is not null

),

{{ burn_days_to_judge() }},

summed as (

    select
        min(slots.source) as source,
        slots.slo_id,
        slots.hour_at,
        slots.slot_second,
        greatest(300, max(slots.longest_seconds)) as seconds,
        cast(sum(slots.valid) as bigint) as valid,
        cast(sum(slots.valid - slots.good) as bigint) as bad_events,
        cast(sum(slots.slice_seconds) as bigint) as slice_seconds,
        cast(sum(slots.bad_slice_seconds) as bigint) as bad_slice_seconds
    from slots
    inner join reached
        on slots.hour_at = reached.hour_at
    where slots.samples > 0 and not slots.is_excluded
    group by slots.slo_id, slots.hour_at, slots.slot_second
    having sum(slots.samples_without_length) = 0

),

measured as (

    select
        summed.source,
        summed.slo_id,
        slos.service_id,
        slos.window_days,
        summed.slot_second,
        summed.seconds,
        summed.slot_second + summed.seconds as ended_second,
        summed.bad_events,
        case slos.budgeting when 'time_slices' then summed.bad_slice_seconds else summed.bad_events end as bad,
        (1000000 - slos.objective_millionths)
        * case slos.budgeting when 'time_slices' then summed.slice_seconds else summed.valid end as allowed
    from summed
    inner join slos
        on
            summed.slo_id = slos.slo_id
            and summed.hour_at >= slos.in_force_from
            and coalesce(summed.hour_at < slos.in_force_to, true)

),

windowed as (

    select
        *,
        {{ burn_sums() }}
    from measured
    where allowed > 0

),

judged as (

    select
        *,
        {{ statistics_quotient('ended_second', '86400') }} as day_number,
        {{ burn_verdicts() }}
    from windowed

),

fired as (

    select * from judged

    where fired_1h or fired_6h or fired_1d or fired_3d

)

select
    stale.day_number,
    stale.burn_state,
    fired.source,
    fired.slo_id,
    fired.service_id,
    fired.slot_second as began_second,
    cast(fired.ended_second as bigint) as ended_second,
    fired.fired_1h,
    fired.fired_6h,
    fired.fired_1d,
    fired.fired_3d
from stale
left join fired
    on stale.day_number = fired.day_number
