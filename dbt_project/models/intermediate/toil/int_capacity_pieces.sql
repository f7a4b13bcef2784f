-- The time in which sources speak of all that a share of a team's time needs, cut at local midnights and wherever the
-- team's capacity changes, with what its people can work in that time: a week's hours by the seconds that there were.
{{ config(materialized='table') }}

with

segments as (

    select segments.*
    from {{ ref('int_coverage_segments') }} as segments

    where segments.entity_type = 'team'

),

segment_metrics as (

    select * from {{ ref('int_segment_metrics') }}

    where is_covered and metric_id in ({{ "'" ~ shares_of_time() | join("', '") ~ "'" }})

),

capacities as (

    select * from {{ ref('int_team_capacities') }}

),

days as (

    select * from {{ ref('int_calendar_days') }}

),

spoken as (

    select
        segment_metrics.metric_id,
        segments.segment_key,
        capacities.team_id,
        capacities.area,
        capacities.capacity_millihours,
        greatest(segments.starts_at, capacities.held_from) as starts_at,
        least(segments.ends_at, coalesce(capacities.held_to, segments.ends_at)) as ends_at
    from segments
    inner join segment_metrics
        on segments.segment_key = segment_metrics.segment_key
    inner join capacities
        on segments.entity_id = capacities.team_id

),

cut as (

    select
        spoken.metric_id,
        spoken.segment_key,
        spoken.team_id,
        spoken.area,
        spoken.capacity_millihours,
        days.day_on,
        days.week_start_on,
        greatest(spoken.starts_at, days.starts_at) as starts_at,
        least(spoken.ends_at, days.ends_at) as ends_at
    from spoken
    inner join days
        on
            spoken.starts_at < days.ends_at
            and spoken.ends_at > days.starts_at
    where spoken.starts_at < spoken.ends_at

)

select
    metric_id,
    segment_key,
    team_id,
    area,
    day_on,
    week_start_on,
    starts_at,
    ends_at,
    {{ statistics_quotient(
        'capacity_millihours * ' ~ microseconds_between('starts_at', 'ends_at'), '168000'
    ) }} as capacity_microseconds
from cut
