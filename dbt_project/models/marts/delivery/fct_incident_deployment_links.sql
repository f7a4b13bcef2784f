-- Each unplanned incident once, with the deployment that it is put down to and the rule: the one that it names; one
-- that was rolled back while it lasted; the last of the same service in the 24 hours before. Else none, and counted.
with

incidents as (
    select
        incident_id,
        service_id,
        caused_by_deployment_id,
        started_at as impact_started_at,
        resolved_at
    from {{ ref('fct_incidents') }}
    where is_planned = false
),

deployments as (select * from {{ ref('int_production_deployments') }}),

run as (select * from {{ source('landing', 'run') }}),

rollback_days as (select * from {{ ref('int_rollback_days') }}),

-- One pass over a service's rollouts and incidents in the order of time: matching each incident with the rollouts of
-- its day would grow with the square of the log.
timeline as (
    select
        service_id,
        deployed_at as happened_at,
        deployed_at,
        cast(null as string) as incident_id
    from deployments
    where deployed_at is not null
    union all
    select
        service_id,
        impact_started_at as happened_at,
        cast(null as timestamp) as deployed_at,
        incident_id
    from incidents
    where service_id is not null and impact_started_at is not null
),

passed as (
    select
        service_id,
        incident_id,
        happened_at,
        max(deployed_at) over (
            partition by service_id
            order by happened_at nulls last, incident_id nulls first
            rows between unbounded preceding and current row
        ) as last_deployed_at
    from timeline
),

candidates as (
    select
        incidents.incident_id,
        deployments.deployment_id,
        deployments.deployed_at,
        'explicit' as rule,
        1 as precedence
    from incidents
    inner join deployments on incidents.caused_by_deployment_id = deployments.deployment_id

    union all

    select
        incidents.incident_id,
        rollback_days.deployment_id,
        rollback_days.deployed_at,
        'rollback' as rule,
        2 as precedence
    from incidents
    cross join run
    inner join rollback_days
        on
            incidents.service_id = rollback_days.service_id
            and cast(incidents.impact_started_at as date) = rollback_days.day_on
            and incidents.impact_started_at >= rollback_days.deployed_at
            and incidents.impact_started_at <= rollback_days.rolled_back_at
            and rollback_days.rolled_back_at <= coalesce(incidents.resolved_at, run.as_of)

    union all

    select
        passed.incident_id,
        deployments.deployment_id,
        deployments.deployed_at,
        'last_before' as rule,
        3 as precedence
    from passed
    inner join deployments
        on passed.service_id = deployments.service_id and passed.last_deployed_at = deployments.deployed_at
    where
        passed.incident_id is not null
        and {{ plus_hours('passed.happened_at', '-' ~ var('link_window_hours')) }} <= passed.last_deployed_at
),

ranked as (
    select
        *,
        row_number() over (
            partition by incident_id
            order by precedence asc nulls last, deployed_at desc nulls last, deployment_id desc nulls last
        ) as candidate_rank
    from candidates
)

select
    incidents.incident_id,
    ranked.deployment_id,
    incidents.service_id,
    coalesce(ranked.rule, 'none') as rule,
    incidents.impact_started_at,
    ranked.deployed_at
from incidents
left join ranked on incidents.incident_id = ranked.incident_id and ranked.candidate_rank = 1
