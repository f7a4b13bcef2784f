-- Resolutions of unplanned incidents of the whole organisation: those at a whole minute, and of these those at whole
-- five.
with

run as (

    select * from {{ source('landing', 'run') }}

),

incidents as (

    select
        *,
        {{ microseconds_between(epoch_start(), 'resolved_at') }} as resolved_microsecond
    from {{ ref('fct_incidents') }}
    where is_planned = false and resolved_at is not null

)

select
    'minute_heaping' as signal_id,
    run.organisation as entity_id,
    incidents.resolved_at as happened_at,
    incidents.incident_id as record_id,
    incidents.recorded_at,
    incidents.resolved_microsecond % 60000000 = 0 as is_counted,
    incidents.resolved_microsecond % 300000000 = 0 as is_suspicious,
    incidents.resolved_microsecond % 300000000 = 0 as is_evidence
from incidents
cross join run
