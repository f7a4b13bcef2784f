-- Runs of every vendor.
with

gitops as (select * from {{ ref('stg_gitops__automation_runs') }}),

image_tags as (select * from {{ ref('stg_image_tags__automation_runs') }}),

records as (select * from {{ ref('stg_records__automation_runs') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    run_id,
    automation_id,
    cast(null as varchar) as version,
    service_id,
    cast(null as varchar) as trigger,
    mode,
    cast(null as varchar) as outcome,
    started_at,
    finished_at,
    cast(null as varchar) as incident_id
from gitops

union all

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    run_id,
    automation_id,
    cast(null as varchar) as version,
    service_id,
    cast(null as varchar) as trigger,
    mode,
    cast(null as varchar) as outcome,
    started_at,
    finished_at,
    cast(null as varchar) as incident_id
from image_tags

union all

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    run_id,
    automation_id,
    version,
    service_id,
    trigger,
    mode,
    outcome,
    started_at,
    finished_at,
    incident_id
from records
