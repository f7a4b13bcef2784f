-- Markets with their history: every version with the time in which it was in force.
with

markets as (select * from {{ ref('stg_records__markets') }}),

in_force as (
    {{ versions_in_force('markets', 'market') }}
)

select
    market,
    source,
    source_record_id,
    batch_id,
    recorded_at,
    is_critical,
    time_zone,
    in_force_from,
    in_force_to
from in_force
