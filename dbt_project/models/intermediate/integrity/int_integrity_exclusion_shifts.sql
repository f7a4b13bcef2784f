-- By how many whole hours a window that was agreed would have to be shifted to overlap a burn episode: one row for
-- each window and shift within its quarter that does, the quarter taken as a ring. A shift of 0 is what was agreed.
{{ config(materialized='table') }}

with

bounds as (

    select * from {{ ref('int_calendar_bounds') }}

),

quarters as (

    select
        periods.period_key,
        periods.starts_at,
        periods.ends_at,
        {{ statistics_quotient(
            microseconds_between('periods.starts_at', 'least(periods.ends_at, bounds.as_of)'), 3600000000
        ) }} as hours
    from {{ ref('int_periods') }} as periods
    cross join bounds
    where periods.period_type = 'quarter'

),

windows as (

    select
        exclusions.*,
        quarters.period_key,
        quarters.hours,
        quarters.starts_at as quarter_starts_at,
        quarters.ends_at as quarter_ends_at
    from {{ ref('fct_slo_exclusions') }} as exclusions
    inner join quarters
        on
            exclusions.starts_at >= quarters.starts_at
            and exclusions.starts_at < quarters.ends_at
    where exclusions.team_id is not null and exclusions.starts_at < exclusions.ends_at and quarters.hours > 0

),

-- Strictly between (burn start - window end) and (burn end - window start); the ring's length keeps quotients positive.
meetings as (

    select
        windows.exclusion_id,
        windows.team_id,
        windows.period_key,
        windows.hours,
        {{ microseconds_between('windows.ends_at', 'burns.started_at') }} + 2 * windows.hours * 3600000000 as low,
        {{ microseconds_between('windows.starts_at', 'burns.ended_at') }} + 2 * windows.hours * 3600000000 as high
    from windows
    inner join {{ ref('fct_burn_episodes') }} as burns
        on
            windows.service_id = burns.service_id
            and coalesce(windows.slo_id, burns.slo_id) = burns.slo_id
            and windows.quarter_starts_at < burns.ended_at
            and windows.quarter_ends_at > burns.started_at

),

shifts as (

    select
        exclusion_id,
        team_id,
        period_key,
        hours,
        {{ statistics_integers(
            statistics_quotient('low', 3600000000) ~ ' + 1', statistics_quotient('high - 1', 3600000000)
        ) }} as shift_hours
    from meetings
    where low >= 0 and high > 0

)

select distinct
    exclusion_id,
    team_id,
    period_key,
    hours,
    shift_hours % hours as shift_hours
from shifts
