with

flagged as (select * from {{ ref('stg_image_tags__deployments_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    source_record_id as deployment_id,
    service_id,
    environment,
    version,
    started_at,
    -- A bot's commit may be a person's dispatch: the log cannot tell.
    case when requested_by = 'person' then requested_by end as trigger
from flagged
where fate = 'staged'
