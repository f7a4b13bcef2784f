-- Parts of the shares of a team's time: microseconds of work over microseconds of capacity, by local day. A day
-- without any work counts with its capacity. A service has no capacity, so no part is a service's. A basis by itself
-- stands against the weeks in which the team has an entry of it: what nobody asked is not zero. Unplanned work is that
-- of entries that name no incident, and the time in which the team answered incidents.
with

entries as (

    {{ toil_by_basis() }}

),

pieces as (

    select * from {{ ref('int_capacity_pieces') }}

    where capacity_microseconds > 0

),

answers as (select * from {{ ref('int_team_answers') }}),

asked as (

    select distinct
        metric_id,
        team_id,
        week_start_on,
        basis
    from entries
    where reason is null and basis is not null

),

amounts as (

    select
        metric_id,
        team_id,
        area,
        day_on,
        segment_key,
        basis,
        worked_microseconds,
        cast(0 as bigint) as capacity_microseconds
    from entries
    where reason is null

    union all

    select
        metric_id,
        team_id,
        area,
        day_on,
        segment_key,
        cast(null as string) as basis,
        cast(0 as bigint) as worked_microseconds,
        capacity_microseconds
    from pieces

    union all

    select
        metric_id,
        team_id,
        area,
        day_on,
        segment_key,
        cast(null as string) as basis,
        worked_microseconds,
        cast(0 as bigint) as capacity_microseconds
    from answers

    union all

    select
        pieces.metric_id,
        pieces.team_id,
        pieces.area,
        pieces.day_on,
        pieces.segment_key,
        asked.basis,
        cast(0 as bigint) as worked_microseconds,
        pieces.capacity_microseconds
    from pieces
    inner join asked
        on
            pieces.metric_id = asked.metric_id
            and pieces.team_id = asked.team_id
            and pieces.week_start_on = asked.week_start_on

)

select
    metric_id,
    cast(null as string) as service_id,
    team_id,
    area,
    day_on,
    segment_key,
    case when basis is not null then 'basis' end as dimension,
    basis as dimension_value,
    cast(null as string) as exclusion_reason,
    cast(sum(worked_microseconds) as bigint) as numerator,
    cast(sum(capacity_microseconds) as bigint) as denominator,
    cast(0 as bigint) as excluded
from amounts
group by metric_id, team_id, area, day_on, segment_key, basis
