-- Requests by service, market, hour and bucket of how long they took, with the team that owned the service when the
-- hour began, the threshold that was in force (the lowest, where a service has several) and whether it was a peak hour
-- of the market. A bucket begins where the next lower one of that service and day ends: an empty one may not be
-- delivered.
with

hours as (select * from {{ ref('int_latency_hours') }}),

slos as (
    select * from {{ ref('dim_slo') }}
    where sli = 'latency' and threshold_ms is not null
),

ownership as (select * from {{ ref('int_service_ownership') }}),

peaks as (select * from {{ ref('int_peak_hours') }}),

markets as (select * from {{ ref('int_market_hours') }}),

summed as (
    select
        source,
        service_id,
        market,
        hour_at,
        upper_bound_ms,
        cast(hour_at as date) as day_on,
        max(recorded_at) as recorded_at,
        cast(sum(samples) as bigint) as samples,
        cast(sum(requests) as bigint) as requests
    from hours
    where samples > 0
    group by source, service_id, market, hour_at, upper_bound_ms
),

ladders as (
    select
        *,
        coalesce(lag(upper_bound_ms) over (
            partition by source, service_id, day_on order by upper_bound_ms nulls last
        ), 0e0) as lower_bound_ms
    from (
        select distinct
            source,
            service_id,
            day_on,
            upper_bound_ms
        from summed
    ) as bounds
),

service_hours as (
    select distinct
        service_id,
        hour_at
    from summed
),

told as (
    select
        service_hours.service_id,
        service_hours.hour_at,
        max(ownership.team_id) as team_id,
        max(ownership.area) as area,
        min(slos.threshold_ms) as threshold_ms
    from service_hours
    left join ownership
        on
            service_hours.service_id = ownership.service_id
            and service_hours.hour_at >= ownership.owned_from
            and (service_hours.hour_at < ownership.owned_to or ownership.is_open)
    left join slos
        on
            service_hours.service_id = slos.service_id
            and service_hours.hour_at >= slos.in_force_from
            and coalesce(service_hours.hour_at < slos.in_force_to, true)
    group by service_hours.service_id, service_hours.hour_at
)

select
    summed.source,
    concat_ws(
        '/', summed.service_id, summed.market, cast(summed.hour_at as string), cast(summed.upper_bound_ms as string)
    ) as source_record_id,
    summed.recorded_at,
    summed.service_id,
    summed.market,
    summed.hour_at,
    ladders.lower_bound_ms,
    summed.upper_bound_ms,
    told.team_id,
    told.area,
    told.threshold_ms,
    markets.market is not null as is_zone_known,
    peaks.is_peak_hour,
    summed.samples,
    summed.requests
from summed
inner join ladders
    on
        summed.source = ladders.source
        and summed.service_id = ladders.service_id
        and summed.day_on = ladders.day_on
        and summed.upper_bound_ms is not distinct from ladders.upper_bound_ms
inner join told
    on
        summed.service_id = told.service_id
        and summed.hour_at = told.hour_at
left join markets
    on
        summed.market = markets.market
        and summed.hour_at = markets.hour_at
left join peaks
    on
        summed.market = peaks.market
        and summed.hour_at = peaks.hour_at
