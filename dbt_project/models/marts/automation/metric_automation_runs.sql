-- Parts of the automation metrics: live runs by the service, its owner and the local day of their start. A run of
-- unknown outcome is no success; a dry or shadow run is out of scope, a run of unknown mode is counted as unknown.
with

runs as (

    select * from {{ ref('fct_automation_runs') }}

),

run as (

    select * from {{ source('landing', 'run') }}

),

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

dated as (

    select
        runs.*,
        {{ dates_local_day('runs.started_at', 'run.time_zone') }} as day_on,
        segments.segment_key
    from runs
    cross join run
    {{ statistics_join_segments('runs', 'started_at') }}

),

counted as (

    select
        service_id,
        team_id,
        area,
        day_on,
        segment_key,
        count(case when mode is null then 1 end) as mode_unknown,
        count(case when mode = 'live' and outcome = 'succeeded' then 1 end) as succeeded,
        count(case when mode = 'live' and outcome is not null then 1 end) as outcome_known,
        count(case when mode = 'live' and outcome is null then 1 end) as outcome_unknown,
        count(case when mode = 'live' then 1 end) as live,
        count(case when mode = 'live' and taken_over_at is not null then 1 end) as taken_over,
        count(case
            when mode = 'live' and (harmed_incident_id is not null or reversed_at is not null) then 1
        end) as harmed
    from dated
    group by service_id, team_id, area, day_on, segment_key

)

{{ statistics_unpivot_parts(
    'counted',
    counted=[
        ['automation_success', none, none, 'succeeded', 'outcome_known'],
        ['takeover_rate', none, none, 'taken_over', 'live'],
        ['automation_harm', none, none, 'harmed', 'live'],
    ],
    excluded=[
        ['automation_success', 'mode_unknown', 'mode_unknown'],
        ['automation_success', 'outcome_unknown', 'outcome_unknown'],
        ['takeover_rate', 'mode_unknown', 'mode_unknown'],
        ['automation_harm', 'mode_unknown', 'mode_unknown'],
    ]
) }}
