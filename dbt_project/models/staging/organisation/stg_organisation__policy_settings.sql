with

flagged as (select * from {{ ref('stg_organisation__policy_settings_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    policy_version,
    stated_from,
    section,
    setting,
    item,
    value,
    why
from flagged
where fate = 'staged'
