-- Was automation tried before it was let loose, and can it be left alone: each version of a critical automation had a
-- dry or shadow run before its first live one; live runs that a person had to take over. A version that was written
-- before the log of runs begins may have been tried unseen: without a rehearsal in the log nobody can say.
with

runs as (select * from {{ ref('fct_automation_runs') }}),

run as (select * from {{ source('landing', 'run') }}),

segments as (

    {{ segments_of_metric('over_automation.versions') }}

),

versions as (

    select
        automation_id,
        version,
        risk,
        least(formalised_at, tested_at, valid_from) as written_at
    from {{ ref('dim_automation') }}
    where is_registered and coalesce(risk, 'critical') = 'critical'

),

ranked as (

    select
        *,
        row_number() over (
            partition by automation_id, version order by started_at nulls last, run_id nulls last
        ) as place
    from runs
    where mode = 'live' and automation_id is not null

),

first_live as (

    select
        ranked.automation_id,
        ranked.version,
        ranked.service_id,
        ranked.team_id,
        ranked.started_at,
        versions.risk,
        versions.written_at
    from ranked
    inner join versions
        on
            ranked.automation_id = versions.automation_id
            and ranked.version is not distinct from versions.version
    where ranked.place = 1

),

rehearsals as (

    select
        first_live.automation_id,
        first_live.version,
        max(case when runs.mode is null then 0 else 1 end) = 1 as is_rehearsed
    from first_live
    inner join runs
        on
            first_live.automation_id = runs.automation_id
            and first_live.version is not distinct from runs.version
            and first_live.started_at > runs.started_at
    where coalesce(runs.mode, 'shadow') <> 'live'
    group by first_live.automation_id, first_live.version

)

select
    'over_automation' as guardrail_id,
    'versions' as part,
    cast(null as string) as policy_version,
    first_live.service_id,
    first_live.team_id,
    first_live.started_at as anchored_at,
    'automations/' || concat_ws('@', first_live.automation_id, first_live.version) as record_id,
    first_live.risk = 'critical' as is_in_scope,
    first_live.risk = 'critical' and case
        when rehearsals.is_rehearsed then false
        when not rehearsals.is_rehearsed or segments.segment_key is null then null
        else true
    end as is_failed,
    cast(null as bigint) as review_microseconds
from first_live
cross join run
{{ statistics_join_segments('first_live', 'written_at') }}
left join rehearsals
    on
        first_live.automation_id = rehearsals.automation_id
        and first_live.version is not distinct from rehearsals.version

union all

select
    'over_automation' as guardrail_id,
    'takeovers' as part,
    cast(null as string) as policy_version,
    service_id,
    team_id,
    started_at as anchored_at,
    'automation_runs/' || run_id as record_id,
    mode = 'live' as is_in_scope,
    mode = 'live' and taken_over_at is not null as is_failed,
    cast(null as bigint) as review_microseconds
from runs
where coalesce(mode = 'live', true)
