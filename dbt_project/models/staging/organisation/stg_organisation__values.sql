with

flagged as (select * from {{ ref('stg_organisation__values_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    stated_source,
    field,
    theirs,
    ours
from flagged
where fate = 'staged'
