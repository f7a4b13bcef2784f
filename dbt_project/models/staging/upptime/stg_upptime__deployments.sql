with

flagged as (select * from {{ ref('stg_upptime__deployments_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    deployment_id,
    service_id,
    -- The repository has one branch and one page.
    'production' as environment,
    started_at,
    trigger
from flagged
where fate = 'staged'
