with

flagged as (select * from {{ ref('stg_organisation__teams_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    team_id,
    name,
    area,
    members,
    capacity_hours_per_week,
    rollout_cohort,
    aliases,
    valid_from,
    valid_to
from flagged
where fate = 'staged'
