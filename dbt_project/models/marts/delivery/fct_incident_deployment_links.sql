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

rollbacks as (
    select
        undone.deployment_id,
        undone.service_id,
        undone.deployed_at,
        undoing.deployed_at as rolled_back_at
    from (
        select * from deployments
        where rollback_of is not null
    ) as undoing
    inner join deployments as undone
        on undoing.rollback_of = undone.deployment_id and undoing.service_id = undone.service_id
),

-- A day's key turns the 24 hours before into two equalities, so that no service is matched with all its rollouts.
incident_days as (
    select
        *,
        cast(impact_started_at as date) as deployed_on
    from incidents
    union all
    select
        *,
        cast({{ plus_hours('impact_started_at', '-' ~ var('link_window_hours')) }} as date) as deployed_on
    from incidents
    where
        cast({{ plus_hours('impact_started_at', '-' ~ var('link_window_hours')) }} as date)
        < cast(impact_started_at as date)
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
        rollbacks.deployment_id,
        rollbacks.deployed_at,
        'rollback' as rule,
        2 as precedence
    from incidents
    cross join run
    inner join rollbacks
        on
            incidents.service_id = rollbacks.service_id
            and incidents.impact_started_at >= rollbacks.deployed_at
            and incidents.impact_started_at <= rollbacks.rolled_back_at
            and rollbacks.rolled_back_at <= coalesce(incidents.resolved_at, run.as_of)

    union all

    select
        incident_days.incident_id,
        deployments.deployment_id,
        deployments.deployed_at,
        'last_before' as rule,
        3 as precedence
    from incident_days
    inner join deployments
        on
            incident_days.service_id = deployments.service_id
            and incident_days.deployed_on = cast(deployments.deployed_at as date)
            and incident_days.impact_started_at >= deployments.deployed_at
            and {{ plus_hours('incident_days.impact_started_at', '-' ~ var('link_window_hours')) }}
            <= deployments.deployed_at
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
