with

flagged as (select * from {{ ref('stg_records__postmortems_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    postmortem_id,
    incident_id,
    team_id,
    started_at,
    published_at,
    teams_present
from flagged
where fate = 'staged'
