-- Intervals of measuring at whose end the budget of an objective burns so fast that an alert pair fires: both of its
-- windows reach its factor, the long one holds 5 bad events, the short one a whole sample. Windows are sums over
-- what ended within them (range frames: 6 s of CPU for the 5 million intervals of a year of a hundred million samples).
-- What was agreed not to count is a gap.
with

slots as (select * from {{ ref('int_sli_slots') }}),

slos as (

    select * from {{ ref('int_slos') }}

    where window_days is not null

),

summed as (

    select
        min(source) as source,
        slo_id,
        hour_at,
        slot_second,
        greatest(300, max(longest_seconds)) as seconds,
        cast(sum(valid) as bigint) as valid,
        cast(sum(valid - good) as bigint) as bad_events,
        cast(sum(slice_seconds) as bigint) as slice_seconds,
        cast(sum(bad_slice_seconds) as bigint) as bad_slice_seconds
    from slots
    where samples > 0 and not is_excluded
    group by slo_id, hour_at, slot_second
    having sum(samples_without_length) = 0

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
        {{ burn_verdicts() }}
    from windowed

)

select
    source,
    slo_id,
    service_id,
    slot_second as began_second,
    cast(ended_second as bigint) as ended_second,
    {{ instant_of_second('slot_second') }} as began_at,
    {{ instant_of_second('ended_second') }} as ended_at,
    fired_1h,
    fired_6h,
    fired_1d,
    fired_3d
from judged
where fired_1h or fired_6h or fired_1d or fired_3d
