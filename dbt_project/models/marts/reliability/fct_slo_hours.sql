-- Good and valid events of every objective by market and hour, with the version in force and the team that owned the
-- service when the hour began. Hours of an objective that nobody states have no service. What is budgeted is events, or
-- by time slices seconds; what the objective allows to be bad of it stands in millionths. Samples that were agreed not
-- to count have a row of their own.
with

hours as (select * from {{ ref('int_sli_hours') }}),

slos as (select * from {{ ref('int_slos') }}),

ownership as (select * from {{ ref('int_service_ownership') }}),

summed as (
    select
        source,
        slo_id,
        market,
        hour_at,
        is_excluded,
        max(recorded_at) as recorded_at,
        cast(sum(samples) as bigint) as samples,
        cast(sum(seconds) as bigint) as seconds,
        cast(sum(good) as bigint) as good,
        cast(sum(valid) as bigint) as valid,
        cast(sum(slice_seconds) as bigint) as slice_seconds,
        cast(sum(bad_slice_seconds) as bigint) as bad_slice_seconds,
        cast(sum(slices_without_length) as bigint) as slices_without_length
    from hours
    where samples > 0
    group by source, slo_id, market, hour_at, is_excluded
),

stated as (
    select
        summed.*,
        slos.service_id,
        slos.sli,
        slos.budgeting,
        slos.objective,
        slos.slice_target,
        slos.window_days,
        1000000 - slos.objective_millionths as error_millionths,
        case slos.budgeting when 'time_slices' then summed.slice_seconds else summed.valid end as budget_valid,
        case slos.budgeting
            when 'time_slices' then summed.bad_slice_seconds else summed.valid - summed.good
        end as budget_bad
    from summed
    left join slos
        on
            summed.slo_id = slos.slo_id
            and summed.hour_at >= slos.in_force_from
            and coalesce(summed.hour_at < slos.in_force_to, true)
)

select
    stated.source,
    concat_ws(
        '/',
        stated.slo_id,
        stated.market,
        cast(stated.hour_at as string),
        case when stated.is_excluded then 'excluded' end
    ) as source_record_id,
    stated.recorded_at,
    stated.slo_id,
    stated.market,
    stated.hour_at,
    stated.service_id,
    ownership.team_id,
    ownership.area,
    stated.sli,
    stated.is_excluded,
    stated.objective,
    stated.budgeting,
    stated.slice_target,
    stated.window_days,
    stated.samples,
    stated.seconds,
    stated.good,
    stated.valid,
    stated.slices_without_length,
    case when stated.sli is not null then stated.budget_valid end as budget_valid,
    case when stated.sli is not null then stated.budget_bad end as budget_bad,
    cast(stated.error_millionths * stated.budget_valid as bigint) as allowed_millionths
from stated
left join ownership
    on
        stated.service_id = ownership.service_id
        and stated.hour_at >= ownership.owned_from
        and (stated.hour_at < ownership.owned_to or ownership.is_open)
