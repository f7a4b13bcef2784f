-- One row per incident and clock (to acknowledge, to restore): how long it ran from the incident's start, whether it
-- stopped or is still running at the instant of the run (censored), and why it is left out, if it is. An
-- acknowledgement after a resolution tells nothing of when somebody took notice: it is unknown.
with

incidents as (

    select * from {{ ref('fct_incidents') }}

),

run as (

    select * from {{ source('landing', 'run') }}

),

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

judged as (

    select
        *,
        coalesce(acknowledged_at > resolved_at, false)
        or coalesce(acknowledged_at > first_resolved_at, false) as is_acknowledged_late
    from incidents
    where not coalesce(is_planned, false)

),

clocks as (

    select
        'time_to_acknowledge' as metric_id,
        *,
        acknowledged_at as stopped_at,
        is_acknowledged_late or (acknowledged_at is null and coalesce(is_resolved, false)) as is_stop_unknown,
        'acknowledgement_unknown' as unknown_reason
    from judged

    union all

    select
        'time_to_restore' as metric_id,
        *,
        resolved_at as stopped_at,
        resolved_at is null and coalesce(is_resolved, false) as is_stop_unknown,
        'resolution_time_unknown' as unknown_reason
    from judged

),

measured as (

    select
        clocks.metric_id,
        clocks.incident_id,
        clocks.service_id,
        clocks.team_id,
        clocks.area,
        {{ dates_local_day('clocks.started_at', 'run.time_zone') }} as day_on,
        segments.segment_key,
        coalesce(clocks.severity, 'unknown') as severity,
        coalesce(clocks.resolved_by, 'unknown') as resolved_by,
        clocks.start_basis,
        clocks.is_planned,
        clocks.stopped_at is not null as is_event,
        clocks.is_stop_unknown,
        clocks.unknown_reason,
        {{ microseconds_between('clocks.started_at', 'coalesce(clocks.stopped_at, run.as_of)') }}
            as duration_microseconds
    from clocks
    cross join run
    {{ statistics_join_segments('clocks', 'started_at') }}

)

select
    metric_id,
    incident_id,
    service_id,
    team_id,
    area,
    day_on,
    segment_key,
    severity,
    resolved_by,
    start_basis,
    is_event,
    duration_microseconds,
    cast(duration_microseconds as double) / 6e7 as duration_minutes,
    case
        when is_planned is null then 'planned_unknown'
        when is_stop_unknown then unknown_reason
        when duration_microseconds < 0 then 'negative_duration'
    end as exclusion_reason
from measured
