-- Which hours of a market are its peak hours: in each of its own weeks the two hours of the day that had most requests
-- in the 28 days before, ties by the earlier. Without requests on seven of these days the week's peak is unknown.
{{ config(materialized='table') }}

with

hours as (select * from {{ ref('int_market_hours') }}),

daily as (
    select
        market,
        local_on,
        local_hour,
        cast(sum(requests) as bigint) as requests
    from hours
    group by market, local_on, local_hour
),

weeks as (
    select distinct
        market,
        local_week_on
    from hours
),

former as (
    select
        weeks.market,
        weeks.local_week_on,
        daily.local_hour,
        cast(sum(daily.requests) as bigint) as requests
    from weeks
    inner join daily
        on
            weeks.market = daily.market
            and weeks.local_week_on - 28 <= daily.local_on
            and weeks.local_week_on > daily.local_on
    group by weeks.market, weeks.local_week_on, daily.local_hour
),

seen as (
    select
        weeks.market,
        weeks.local_week_on,
        count(distinct daily.local_on) as days
    from weeks
    inner join daily
        on
            weeks.market = daily.market
            and weeks.local_week_on - 28 <= daily.local_on
            and weeks.local_week_on > daily.local_on
    where daily.requests > 0
    group by weeks.market, weeks.local_week_on
),

ranked as (
    select
        *,
        row_number() over (
            partition by market, local_week_on order by requests desc nulls last, local_hour asc nulls last
        ) as busiest_rank
    from former
)

select
    hours.market,
    hours.hour_at,
    case when seen.days >= 7 then coalesce(ranked.busiest_rank <= 2, false) end as is_peak_hour
from hours
left join seen
    on
        hours.market = seen.market
        and hours.local_week_on = seen.local_week_on
left join ranked
    on
        hours.market = ranked.market
        and hours.local_week_on = ranked.local_week_on
        and hours.local_hour = ranked.local_hour
