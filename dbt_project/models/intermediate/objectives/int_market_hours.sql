-- Requests of every market and UTC hour, with the hour that its own clocks show: by all histograms, whatever service.
-- Hours of a market whose time zone nobody states are not here.
{{ config(materialized='table') }}

with

hours as (select * from {{ ref('int_latency_hours') }}),

markets as (select * from {{ ref('dim_market') }}),

summed as (
    select
        market,
        hour_at,
        cast(sum(requests) as bigint) as requests
    from hours
    where samples > 0
    group by market, hour_at
),

localised as (
    select
        summed.market,
        summed.hour_at,
        summed.requests,
        {{ dates_to_local('summed.hour_at', 'markets.time_zone') }} as local_at
    from summed
    inner join markets
        on
            summed.market = markets.market
            and summed.hour_at >= markets.in_force_from
            and coalesce(summed.hour_at < markets.in_force_to, true)
    where markets.time_zone is not null
)

select
    market,
    hour_at,
    requests,
    cast(local_at as date) as local_on,
    {{ dates_hour('local_at') }} as local_hour,
    {{ dates_period_start('week', 'cast(local_at as date)') }} as local_week_on
from localised
