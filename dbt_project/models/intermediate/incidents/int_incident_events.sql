-- Changes of incidents, of every vendor.
with

cstate as (select * from {{ ref('stg_cstate__incident_events') }}),

servicenow as (select * from {{ ref('stg_servicenow__incident_events') }}),

records as (select * from {{ ref('stg_records__incident_events') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    incident_id,
    event_at,
    event,
    field,
    from_value,
    to_value,
    actor
from cstate

union all

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    incident_id,
    event_at,
    event,
    field,
    from_value,
    to_value,
    actor
from servicenow

union all

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    incident_id,
    event_at,
    event,
    field,
    from_value,
    to_value,
    actor
from records
