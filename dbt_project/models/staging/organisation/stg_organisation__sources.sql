with

flagged as (select * from {{ ref('stg_organisation__sources_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    stated_source,
    feed,
    stated_time_zone,
    stated_date_order,
    cursor_column,
    quarantine_share,
    quarantine_reason
from flagged
where fate = 'staged'
