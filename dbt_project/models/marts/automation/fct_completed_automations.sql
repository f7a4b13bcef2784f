-- Automations that were written down and tested, each once: at the version that was the first to be both. With what
-- came of it in the days after, by any version: live runs, and what they saved. An automation belongs to a team.
with

run as (select * from {{ source('landing', 'run') }}),

runs as (select * from {{ ref('fct_automation_runs') }}),

areas as (select * from {{ ref('int_team_areas') }}),

segments as (select * from {{ ref('int_coverage_segments') }}),

segment_metrics as (

    select * from {{ ref('int_segment_metrics') }}

    where metric_id = 'automations_completed' and is_covered

),

ranked as (

    select
        *,
        cast(null as string) as service_id,
        greatest(formalised_at, tested_at) as completed_at,
        row_number() over (
            partition by automation_id
            order by greatest(formalised_at, tested_at) nulls last, version nulls last, source_record_id nulls last
        ) as place
    from {{ ref('stg_records__automations') }}
    where formalised_at is not null and tested_at is not null

),

completed as (

    select
        ranked.*,
        {{ plus_hours('ranked.completed_at', 24 * var('automation_follow_up_days')) }} as judged_at
    from ranked
    cross join run
    where ranked.place = 1 and ranked.completed_at <= run.as_of

),

used as (

    select
        completed.automation_id,
        cast(count(case when runs.mode = 'live' then 1 end) as bigint) as live_runs,
        cast(count(case when runs.mode is null then 1 end) as bigint) as runs_of_unknown_mode,
        cast(count(case when runs.mode = 'live' and runs.saved_microseconds is null then 1 end) as bigint)
            as runs_of_unknown_saving,
        cast(sum(case when runs.mode = 'live' then runs.saved_microseconds end) as bigint) as saved_microseconds
    from completed
    inner join runs
        on
            completed.automation_id = runs.automation_id
            and completed.completed_at <= runs.started_at
            and completed.judged_at > runs.started_at
    group by completed.automation_id

),

counted as (

    select
        completed.automation_id,
        coalesce(used.live_runs, 0) as live_runs,
        coalesce(used.runs_of_unknown_mode, 0) as runs_of_unknown_mode,
        coalesce(used.runs_of_unknown_saving, 0) as runs_of_unknown_saving,
        coalesce(used.saved_microseconds, 0) as saved_microseconds
    from completed
    left join used
        on completed.automation_id = used.automation_id

)

select
    completed.automation_id,
    completed.version,
    completed.source,
    completed.source_record_id,
    completed.batch_id,
    completed.recorded_at,
    completed.service_id,
    completed.team_id,
    areas.area,
    completed.manual_minutes_basis,
    completed.completed_at,
    completed.judged_at,
    completed.judged_at > run.as_of as is_immature,
    segment_metrics.segment_key is not null as is_watched,
    counted.live_runs,
    counted.runs_of_unknown_mode,
    counted.runs_of_unknown_saving,
    counted.saved_microseconds,
    case
        when counted.live_runs + counted.runs_of_unknown_mode < {{ var('automation_minimum_runs') }} then true
        when counted.live_runs < {{ var('automation_minimum_runs') }} then null
        when counted.saved_microseconds > 0 then false
        when counted.runs_of_unknown_saving = 0 then true
    end as is_trivial
from completed
inner join counted
    on completed.automation_id = counted.automation_id
cross join run
{{ statistics_join_segments('completed', 'judged_at') }}
left join segment_metrics
    on segments.segment_key = segment_metrics.segment_key
left join areas
    on
        completed.team_id = areas.team_id
        and completed.completed_at >= areas.area_from
        and (completed.completed_at < areas.area_to or areas.area_to is null)
