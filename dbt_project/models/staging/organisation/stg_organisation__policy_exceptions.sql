with

flagged as (select * from {{ ref('stg_organisation__policy_exceptions_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    entity_type,
    entity_id,
    subject_type,
    subject_id,
    valid_from,
    expires_on,
    approver_role,
    reason
from flagged
where fate = 'staged'
