-- Parts of manual_intervention_minutes: microseconds in which people answered incidents, and days of which the sources
-- speak. Time is united anew for a team, so a service's parts are its own (level `service`), and those of teams and of
-- what nobody owns add up to areas and the portfolio.
with

spans as (

    select * from {{ ref('int_response_spans') }}

),

watched as (

    select * from {{ ref('int_watched_days') }}

),

areas as (

    select * from {{ ref('int_team_areas') }}

),

answered as (

    select
        case when spans.level = 'service' then 'service' end as level,
        case when spans.level = 'service' then spans.service_id end as service_id,
        spans.team_id,
        areas.area,
        spans.day_on,
        spans.segment_key,
        {{ microseconds_between('spans.starts_at', 'spans.ends_at') }} as microseconds,
        0 as days
    from spans
    left join areas
        on
            spans.team_id = areas.team_id
            and spans.starts_at >= areas.area_from
            and (spans.starts_at < areas.area_to or areas.area_to is null)

    union all

    select
        level,
        service_id,
        team_id,
        area,
        day_on,
        segment_key,
        0 as microseconds,
        1 as days
    from watched

)

select
    'manual_intervention_minutes' as metric_id,
    service_id,
    team_id,
    area,
    level,
    day_on,
    segment_key,
    cast(null as string) as dimension,
    cast(null as string) as dimension_value,
    cast(null as string) as exclusion_reason,
    cast(sum(microseconds) as bigint) as numerator,
    cast(sum(days) as bigint) as denominator,
    cast(0 as bigint) as excluded
from answered
group by service_id, team_id, area, level, day_on, segment_key
