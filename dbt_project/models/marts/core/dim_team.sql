with

teams as (select * from {{ ref('stg_organisation__teams') }})

select
    team_id,
    name,
    area,
    members,
    capacity_hours_per_week,
    rollout_cohort,
    valid_from,
    valid_to
from teams
