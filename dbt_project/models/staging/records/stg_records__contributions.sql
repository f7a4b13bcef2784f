with

flagged as (select * from {{ ref('stg_records__contributions_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    contribution_id,
    team_id,
    contributed_at,
    kind,
    reused_by_team_id
from flagged
where fate = 'staged'
