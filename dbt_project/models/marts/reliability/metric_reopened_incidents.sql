-- Parts of reopen_rate: unplanned incidents on the local day of their first resolution, judged seven days later.
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
        incidents.service_id,
        incidents.team_id,
        incidents.area,
        {{ dates_local_day('incidents.first_resolved_at', 'run.time_zone') }} as day_on,
        segments.segment_key,
        incidents.is_planned is null as is_unknown,
        not incidents.is_planned as is_unplanned,
        incidents.is_reopened_in_7_days as is_reopened,
        {{ plus_hours('incidents.first_resolved_at', 24 * var('reopen_window_days')) }} > run.as_of as is_immature
    from incidents
    cross join run
    {{ statistics_join_segments('incidents', 'first_resolved_at') }}
    where
        not coalesce(incidents.is_planned, false)
        and incidents.first_resolved_at is not null

),

counted as (

    select
        service_id,
        team_id,
        area,
        day_on,
        segment_key,
        count(case when is_unknown then 1 end) as planned_unknown,
        count(case when is_unplanned and is_immature then 1 end) as immature,
        count(case when is_unplanned and not is_immature and is_reopened then 1 end) as reopened,
        count(case when is_unplanned and not is_immature and is_reopened is not null then 1 end) as resolved,
        count(case when is_unplanned and not is_immature and is_reopened is null then 1 end) as outcome_unknown
    from judged
    group by service_id, team_id, area, day_on, segment_key

)

{{ statistics_unpivot_parts(
    'counted',
    counted=[['reopen_rate', none, none, 'reopened', 'resolved']],
    excluded=[
        ['reopen_rate', 'planned_unknown', 'planned_unknown'],
        ['reopen_rate', 'immature', 'immature'],
        ['reopen_rate', 'outcome_unknown', 'outcome_unknown'],
    ]
) }}
