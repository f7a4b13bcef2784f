-- Ends of unplanned incidents that were written down later than 99 in 100 of the same source.
with

recordings as (

    select
        *,
        row_number() over (
            partition by source order by lag_microseconds nulls last, incident_id nulls last
        ) as lag_rank,
        count(*) over (partition by source) as recorded
    from {{ ref('int_integrity_recordings') }}

),

usual as (

    select
        source,
        min(lag_microseconds) as usual_microseconds
    from recordings
    where lag_rank * 100 >= recorded * 99
    group by source

),

incidents as (

    select * from {{ ref('fct_incidents') }}

    where is_planned = false

)

select
    'backdating' as signal_id,
    incidents.team_id as entity_id,
    recordings.resolved_at as happened_at,
    incidents.incident_id as record_id,
    recordings.recorded_at,
    true as is_counted,
    recordings.lag_microseconds > usual.usual_microseconds as is_suspicious,
    recordings.lag_microseconds > usual.usual_microseconds as is_evidence
from recordings
inner join usual
    on recordings.source = usual.source
inner join incidents
    on
        recordings.source = incidents.source
        and recordings.incident_id = incidents.incident_id
