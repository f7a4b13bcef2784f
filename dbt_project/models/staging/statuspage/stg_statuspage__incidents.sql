-- An incident as its newest version has it. The second update takes it up, unless it ends it. Where a later text says
-- from when to when customers were hit, that is the impact; else it ended when the page said resolved.
with

flagged as (select * from {{ ref('stg_statuspage__incidents_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    incident_id,
    service_id,
    severity,
    is_planned,
    customer_impact,
    impact_started_at,
    declared_at,
    case when second_status not in ('Resolved', 'Completed') then second_update_at end as acknowledged_at,
    ended_at as resolved_at,
    ended_at is not null as is_resolved,
    ended_at as resolved_without_event_at
from flagged
where fate = 'staged'
