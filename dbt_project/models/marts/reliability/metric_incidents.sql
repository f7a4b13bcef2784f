-- Parts of the metrics that count incidents at their start: unplanned ones by severity, self-healed ones, and those
-- that no deployment explains. Planned work is out of scope; where nobody says, the row is left out and counted.
{% set severities = ['sev1', 'sev2', 'sev3', 'sev4', 'sev5'] %}

with

incidents as (

    select * from {{ ref('fct_incidents') }}

),

unlinked as (

    select incident_id from {{ ref('fct_incident_deployment_links') }}

    where rule = 'none'

),

run as (

    select * from {{ source('landing', 'run') }}

),

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

judged as (

    select
        incidents.service_id,
        incidents.team_id,
        incidents.area,
        {{ dates_local_day('incidents.started_at', 'run.time_zone') }} as day_on,
        segments.segment_key,
        incidents.severity,
        incidents.is_planned is null as is_unknown,
        not incidents.is_planned as is_unplanned,
        unlinked.incident_id is not null as is_unlinked,
        incidents.is_self_healed,
        not coalesce(incidents.is_resolved, false)
        or coalesce(
            {{ plus_hours('incidents.resolved_at', var('healing_follow_up_hours')) }} > run.as_of, false
        ) as is_immature
    from incidents
    left join unlinked
        on incidents.incident_id = unlinked.incident_id
    cross join run
    {{ statistics_join_segments('incidents', 'started_at') }}
    where not coalesce(incidents.is_planned, false)

),

counted as (

    select
        service_id,
        team_id,
        area,
        day_on,
        segment_key,
        count(case when is_unknown then 1 end) as planned_unknown,
        count(case when is_unplanned then 1 end) as unplanned,
        {% for severity in severities %}
        count(case when is_unplanned and severity = '{{ severity }}' then 1 end) as {{ severity }},
        {% endfor %}
        count(case when is_unplanned and severity is null then 1 end) as severity_unknown,
        count(case when is_unplanned and is_unlinked then 1 end) as unlinked,
        count(case when is_unplanned and is_immature then 1 end) as immature,
        count(case when is_unplanned and not is_immature and is_self_healed then 1 end) as self_healed,
        count(case when is_unplanned and not is_immature and is_self_healed is not null then 1 end) as healing_known,
        count(case when is_unplanned and not is_immature and is_self_healed is null then 1 end) as healing_unknown
    from judged
    group by service_id, team_id, area, day_on, segment_key

)

{% set counted = [
    ['incident_rate', none, none, 'unplanned', none],
    ['incident_rate', 'severity', 'unknown', 'severity_unknown', none],
    ['self_healing_share', none, none, 'self_healed', 'healing_known'],
] %}
{% for severity in severities %}
{% do counted.append(['incident_rate', 'severity', severity, severity, none]) %}
{% endfor %}
{{ statistics_unpivot_parts(
    'counted',
    counted=counted,
    excluded=[
        ['incident_rate', 'planned_unknown', 'planned_unknown'],
        ['change_fail_rate', 'incident_unlinked', 'unlinked'],
        ['self_healing_share', 'planned_unknown', 'planned_unknown'],
        ['self_healing_share', 'immature', 'immature'],
        ['self_healing_share', 'outcome_unknown', 'healing_unknown'],
    ]
) }}
