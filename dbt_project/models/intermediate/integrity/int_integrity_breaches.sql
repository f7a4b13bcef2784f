-- UTC days on which an objective was in breach: over its own window, up to and with that day, more was bad than
-- allowed; or an episode began in which its budget burnt too fast.
with

days as (

    select
        slo_id,
        service_id,
        team_id,
        window_days,
        cast(hour_at as date) as day_on,
        cast(sum(budget_bad) as bigint) as bad,
        cast(sum(allowed_millionths) as bigint) as allowed_millionths
    from {{ ref('fct_slo_hours') }}
    where sli is not null and window_days is not null
    group by slo_id, service_id, team_id, window_days, cast(hour_at as date)

),

windows as (

    select
        days.slo_id,
        days.day_on,
        max(days.service_id) as service_id,
        max(days.team_id) as team_id,
        cast(sum(former.bad) as bigint) as bad,
        cast(sum(former.allowed_millionths) as bigint) as allowed_millionths
    from (
        select
            slo_id,
            day_on,
            max(service_id) as service_id,
            max(team_id) as team_id,
            max(window_days) as window_days
        from days
        group by slo_id, day_on
    ) as days
    inner join days as former
        on
            days.slo_id = former.slo_id
            and days.day_on >= former.day_on
            and {{ microseconds_between('cast(former.day_on as timestamp)', 'cast(days.day_on as timestamp)') }}
            < days.window_days * 86400000000
    group by days.slo_id, days.day_on

),

found as (

    select
        slo_id,
        service_id,
        team_id,
        day_on
    from windows
    where cast(bad as decimal(38, 0)) * 1000000 > cast(allowed_millionths as decimal(38, 0))

    union all

    select
        slo_id,
        service_id,
        team_id,
        cast(started_at as date) as day_on
    from {{ ref('fct_burn_episodes') }}

)

select
    slo_id,
    max(service_id) as service_id,
    max(team_id) as team_id,
    day_on
from found
group by slo_id, day_on
