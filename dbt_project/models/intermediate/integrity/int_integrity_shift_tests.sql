-- How often as many of a team's windows would overlap a burn if all were shifted by the same whole hours within their
-- quarter: the exact distribution over all shifts, of which the agreed one is one.
with

meetings as (

    select
        team_id,
        period_key,
        hours,
        shift_hours,
        cast(count(*) as bigint) as windows
    from {{ ref('int_integrity_exclusion_shifts') }}
    group by team_id, period_key, hours, shift_hours

),

agreed as (

    select
        team_id,
        period_key,
        hours,
        max(case when shift_hours = 0 then windows else 0 end) as windows
    from meetings
    group by team_id, period_key, hours

)

select
    'exclusion_abuse' as signal_id,
    agreed.team_id as entity_id,
    agreed.period_key,
    cast(sum(meetings.windows) as double) / cast(agreed.hours as double) as expected_windows,
    case
        when agreed.windows = 0 then 1e0
        else
            cast(sum(case when meetings.windows >= agreed.windows then 1 else 0 end) as double)
            / cast(agreed.hours as double)
    end as p_value
from agreed
inner join meetings
    on
        agreed.team_id = meetings.team_id
        and agreed.period_key = meetings.period_key
group by agreed.team_id, agreed.period_key, agreed.hours, agreed.windows
