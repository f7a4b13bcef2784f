-- Acknowledged unplanned incidents of the whole organisation by how their answer lies to the threshold: in which width
-- of a tenth of it, counted from it (-1: just below, 0: at it or just above). Times written by the minute do not say.
with

run as (

    select * from {{ source('landing', 'run') }}

),

answers as (

    select
        run.organisation,
        incidents.incident_id,
        incidents.recorded_at,
        incidents.acknowledged_at,
        {{ microseconds_between(epoch_start(), 'incidents.started_at') }} as started_microsecond,
        {{ microseconds_between(epoch_start(), 'incidents.acknowledged_at') }} as acknowledged_microsecond
    from {{ ref('fct_incidents') }} as incidents
    cross join run
    where
        incidents.is_planned = false
        and incidents.started_at is not null
        and incidents.acknowledged_at >= incidents.started_at

)

select
    organisation,
    incident_id,
    recorded_at,
    acknowledged_at,
    {{ statistics_quotient(
        'acknowledged_microsecond - started_microsecond', var('signal_answer_seconds') ~ ' * 100000'
    ) }} - 10 as width
from answers
where started_microsecond % 60000000 <> 0 or acknowledged_microsecond % 60000000 <> 0
