with

flagged as (select * from {{ ref('stg_organisation__services_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    service_id,
    name,
    team_id,
    tier,
    aliases,
    valid_from,
    valid_to
from flagged
where fate = 'staged'
