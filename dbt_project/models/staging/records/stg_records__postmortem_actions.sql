with

flagged as (select * from {{ ref('stg_records__postmortem_actions_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    action_id,
    postmortem_id,
    team_id,
    due_at,
    done_at
from flagged
where fate = 'staged'
