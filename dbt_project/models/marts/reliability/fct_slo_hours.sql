-- Good and valid events of every objective by market and hour, with the version in force and the team that owned the
-- service when the hour began. Hours of an objective that nobody states have no service.
with

hours as (select * from {{ ref('int_sli_hours') }}),

slos as (select * from {{ ref('dim_slo') }}),

ownership as (select * from {{ ref('int_service_ownership') }}),

summed as (
    select
        source,
        slo_id,
        market,
        hour_at,
        max(recorded_at) as recorded_at,
        cast(sum(samples) as bigint) as samples,
        cast(sum(seconds) as bigint) as seconds,
        cast(sum(good) as bigint) as good,
        cast(sum(valid) as bigint) as valid
    from hours
    where samples > 0
    group by source, slo_id, market, hour_at
)

select
    summed.source,
    concat_ws('/', summed.slo_id, summed.market, cast(summed.hour_at as string)) as source_record_id,
    summed.recorded_at,
    summed.slo_id,
    summed.market,
    summed.hour_at,
    slos.service_id,
    ownership.team_id,
    ownership.area,
    slos.sli,
    slos.objective,
    summed.samples,
    summed.seconds,
    summed.good,
    summed.valid
from summed
left join slos
    on
        summed.slo_id = slos.slo_id
        and summed.hour_at >= slos.in_force_from
        and coalesce(summed.hour_at < slos.in_force_to, true)
left join ownership
    on
        slos.service_id = ownership.service_id
        and summed.hour_at >= ownership.owned_from
        and (summed.hour_at < ownership.owned_to or ownership.is_open)
