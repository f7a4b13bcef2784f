-- Rollouts of every vendor.
with

gitops as (select * from {{ ref('stg_gitops__deployments') }}),

image_tags as (select * from {{ ref('stg_image_tags__deployments') }}),

records as (select * from {{ ref('stg_records__deployments') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    deployment_id,
    service_id,
    environment,
    version,
    started_at,
    cast(null as timestamp) as finished_at,
    cast(null as varchar) as outcome,
    cast(null as double) as exposed_share,
    cast(null as varchar) as strategy,
    trigger,
    rollback_of,
    rollback_trigger,
    cast(null as boolean) as is_unplanned_fix
from gitops

union all

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    deployment_id,
    service_id,
    environment,
    version,
    started_at,
    cast(null as timestamp) as finished_at,
    cast(null as varchar) as outcome,
    cast(null as double) as exposed_share,
    cast(null as varchar) as strategy,
    trigger,
    cast(null as varchar) as rollback_of,
    cast(null as varchar) as rollback_trigger,
    cast(null as boolean) as is_unplanned_fix
from image_tags

union all

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    deployment_id,
    service_id,
    environment,
    version,
    started_at,
    finished_at,
    outcome,
    exposed_share,
    strategy,
    trigger,
    rollback_of,
    rollback_trigger,
    is_unplanned_fix
from records
