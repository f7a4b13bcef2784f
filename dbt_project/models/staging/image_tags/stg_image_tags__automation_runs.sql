with

flagged as (select * from {{ ref('stg_image_tags__automation_runs_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    source_record_id as run_id,
    'image-tag-bot' as automation_id,
    service_id,
    started_at,
    finished_at,
    'live' as mode
from flagged
where fate = 'staged'
