-- The teams of every closed quarter, with the area that they are part of (a team that moves is part of both), and how
-- many people they have at least: the fewest of its rows then, and one where none says, since unknown counts as
-- small.
{{ config(materialized='table') }}

with

teams as (select * from {{ ref('stg_organisation__teams') }}),

team_areas as (select * from {{ ref('int_team_areas') }}),

entities as (select * from {{ ref('int_entities') }}),

quarters as (

    select * from {{ ref('int_periods') }}
    where period_type = 'quarter' and is_closed

),

present as (

    select
        entities.entity_key,
        entities.entity_id as team_id,
        quarters.period_key as quarter_key,
        quarters.starts_at,
        quarters.ends_at
    from entities
    inner join quarters
        on
            coalesce(entities.exists_from_on, quarters.period_start_on) <= quarters.period_end_on
            and coalesce(entities.exists_to_on, quarters.period_end_on) >= quarters.period_start_on
    where entities.entity_type = 'team'

),

sizes as (

    select
        present.entity_key,
        present.quarter_key,
        cast(min(coalesce(teams.members, 1)) as bigint) as members
    from present
    left join teams
        on
            present.team_id = teams.team_id
            and (present.ends_at > teams.valid_from or teams.valid_from is null)
            and (present.starts_at < teams.valid_to or teams.valid_to is null)
    group by present.entity_key, present.quarter_key

)

select distinct
    present.quarter_key,
    present.entity_key as team_key,
    areas.entity_key as area_key,
    sizes.members
from present
inner join sizes
    on
        present.entity_key = sizes.entity_key
        and present.quarter_key = sizes.quarter_key
left join team_areas
    on
        present.team_id = team_areas.team_id
        and present.ends_at > team_areas.area_from
        and (present.starts_at < team_areas.area_to or team_areas.area_to is null)
left join entities as areas
    on
        areas.entity_type = 'area'
        and team_areas.area = areas.entity_id
