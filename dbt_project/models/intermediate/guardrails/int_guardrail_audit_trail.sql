-- Can everything that automation did be traced: the trigger, start, end and outcome of every live run and automated
-- production deployment. A deployment without a trigger may have been automated and lacks what would tell: it fails.
-- What began less than a day ago without an end may still run.
with

runs as (select * from {{ ref('fct_automation_runs') }}),

deployments as (select * from {{ ref('fct_deployments') }}),

run as (select * from {{ source('landing', 'run') }}),

traced as (

    select
        'runs' as part,
        service_id,
        team_id,
        started_at as anchored_at,
        'automation_runs/' || run_id as record_id,
        mode = 'live' as is_in_scope,
        trigger,
        started_at,
        finished_at,
        outcome
    from runs

    union all

    select
        'deployments' as part,
        service_id,
        team_id,
        deployed_at as anchored_at,
        'deployments/' || deployment_id as record_id,
        is_production and coalesce(trigger, 'automation') = 'automation' as is_in_scope,
        trigger,
        started_at,
        finished_at,
        outcome
    from deployments

)

select
    'audit_trail' as guardrail_id,
    traced.part,
    cast(null as string) as policy_version,
    traced.service_id,
    traced.team_id,
    traced.anchored_at,
    traced.record_id,
    traced.is_in_scope,
    traced.is_in_scope and (
        traced.trigger is null
        or traced.started_at is null
        or traced.finished_at is null
        or traced.outcome is null
    ) as is_failed,
    cast(null as bigint) as review_microseconds
from traced
cross join run
where
    coalesce(traced.is_in_scope, true)
    and (
        traced.finished_at is not null
        or {{ plus_hours('traced.anchored_at', var('change_follow_up_hours')) }} <= run.as_of
    )
