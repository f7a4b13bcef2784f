with

flagged as (select * from {{ ref('stg_ownership__services_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    service_id,
    case when change = 'set' then team_id end as team_id,
    valid_from
from flagged
where fate = 'staged'
