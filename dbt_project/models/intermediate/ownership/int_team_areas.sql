-- The area of a team at any instant: of its row valid then; before the first row that row's, in a gap the former's.
with

teams as (select * from {{ ref('stg_organisation__teams') }}),

ordered as (
    select
        team_id,
        area,
        coalesce(valid_from, {{ epoch_start() }}) as valid_from
    from teams
)

select
    team_id,
    area,
    case
        when lag(team_id) over (partition by team_id order by valid_from nulls last) is null then {{ epoch_start() }}
        else valid_from
    end as area_from,
    lead(valid_from) over (partition by team_id order by valid_from nulls last) as area_to
from ordered
