-- Business measures as they were delivered, with the instant when the first of their days began in the reporting zone.
-- A market is no service and no team.
with

outcomes as (select * from {{ ref('stg_records__outcomes') }}),

run as (select * from {{ source('landing', 'run') }})

select
    outcomes.source,
    outcomes.source_record_id,
    outcomes.batch_id,
    outcomes.recorded_at,
    outcomes.measure,
    outcomes.market,
    cast(null as string) as service_id,
    cast(null as string) as team_id,
    cast(null as string) as area,
    outcomes.period_start_on,
    outcomes.period_end_on,
    {{ dates_day_start('outcomes.period_start_on', 'run.time_zone') }} as starts_at,
    outcomes.value,
    outcomes.n,
    outcomes.value_millionths
from outcomes
cross join run
