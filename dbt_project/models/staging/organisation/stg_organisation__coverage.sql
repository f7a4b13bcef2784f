with

flagged as (select * from {{ ref('stg_organisation__coverage_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    stated_source,
    kind,
    service_id,
    covers_from,
    covers_to
from flagged
where fate = 'staged'
