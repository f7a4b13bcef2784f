with

flagged as (select * from {{ ref('stg_records__toil_entries_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    entry_id,
    team_id,
    service_id,
    incident_id,
    category,
    performed_at,
    minutes,
    basis
from flagged
where fate = 'staged'
