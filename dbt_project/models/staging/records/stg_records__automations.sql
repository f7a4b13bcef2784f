with

flagged as (select * from {{ ref('stg_records__automations_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    automation_id,
    version,
    team_id,
    name,
    alert_classes,
    risk,
    formalised_at,
    tested_at,
    manual_minutes,
    manual_minutes_basis,
    derived_from,
    valid_from,
    valid_to
from flagged
where fate = 'staged'
