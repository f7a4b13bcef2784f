-- One row per incident and clock (to detect, acknowledge, mitigate, restore): how long it ran from the start, whether
-- it stopped or is still running at the instant of the run (censored), and why it is left out, if it is. An
-- acknowledgement after a resolution tells nothing of when somebody took notice: it is unknown. What is in the log was
-- detected, so a missing detection is unknown and not still to come.
{% set clocks = [
    ['time_to_detect', 'detected_at', 'detected_at is null', 'detection_unknown'],
    [
        'time_to_acknowledge', 'acknowledged_at',
        'is_acknowledged_late or (acknowledged_at is null and coalesce(is_resolved, false))',
        'acknowledgement_unknown'
    ],
    [
        'time_to_mitigate', 'mitigated_at', 'mitigated_at is null and coalesce(is_resolved, false)',
        'mitigation_time_unknown'
    ],
    [
        'time_to_restore', 'resolved_at', 'resolved_at is null and coalesce(is_resolved, false)',
        'resolution_time_unknown'
    ],
] %}

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

    {% for metric_id, stopped_at, is_stop_unknown, unknown_reason in clocks %}
    select
        '{{ metric_id }}' as metric_id,
        incident_id,
        service_id,
        team_id,
        area,
        started_at,
        start_basis,
        is_planned,
        coalesce(severity, 'unknown') as severity,
        {% set detector = "coalesce(detected_by, 'unknown')" if metric_id == 'time_to_detect' else 'null' -%}
        cast({{ detector }} as string) as detected_by,
        coalesce(resolved_by, 'unknown') as resolved_by,
        {{ stopped_at }} as stopped_at,
        {{ is_stop_unknown }} as is_stop_unknown,
        '{{ unknown_reason }}' as unknown_reason
    from judged
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

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
        clocks.severity,
        clocks.detected_by,
        clocks.resolved_by,
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
    detected_by,
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
