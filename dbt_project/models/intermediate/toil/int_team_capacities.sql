-- What a team's people can work in a week, since when and until when: of its row begun last, as its area. Before its
-- first row and after its last a team is not there, and has none.
with

teams as (select * from {{ ref('stg_organisation__teams') }}),

ends as (
    select
        team_id,
        case when count(*) = count(valid_to) then max(valid_to) end as last_to
    from teams
    group by team_id
),

ordered as (
    select
        teams.team_id,
        teams.area,
        cast(cast(teams.capacity_hours_per_week * 1e3 as decimal(18, 0)) as bigint) as capacity_millihours,
        coalesce(teams.valid_from, {{ epoch_start() }}) as held_from,
        coalesce(
            lead(teams.valid_from) over (
                partition by teams.team_id order by coalesce(teams.valid_from, {{ epoch_start() }}) nulls last
            ),
            ends.last_to
        ) as held_to
    from teams
    inner join ends on teams.team_id = ends.team_id
)

select
    team_id,
    area,
    capacity_millihours,
    held_from,
    held_to
from ordered
