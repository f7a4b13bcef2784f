-- Returns of production to a former version while something was broken or within an hour after it, and those that are
-- not called a rollback. Broken: a deployment of the service had failed and was not restored, or an incident went on.
with

deployments as (

    select * from {{ ref('fct_deployments') }}

    where is_production and service_id is not null

),

troubles as (

    select
        service_id,
        failed_at as starts_at,
        coalesce(restored_at, failed_at) as ends_at
    from deployments
    where failed_at is not null

    union all

    select
        service_id,
        started_at as starts_at,
        coalesce(resolved_at, started_at) as ends_at
    from {{ ref('fct_incidents') }}
    where is_planned = false and service_id is not null and started_at is not null

),

returns as (

    select
        *,
        coalesce(started_at, deployed_at) as began_at
    from deployments
    where is_version_return

),

warned as (

    select distinct returns.deployment_id
    from returns
    inner join troubles
        on
            returns.service_id = troubles.service_id
            and returns.began_at >= troubles.starts_at
            and {{ plus_hours('troubles.ends_at', 1) }} >= returns.began_at

)

select
    'relabelled_rollback' as signal_id,
    returns.team_id as entity_id,
    returns.deployed_at as happened_at,
    returns.deployment_id as record_id,
    returns.recorded_at,
    true as is_counted,
    returns.rollback_of is null as is_suspicious,
    returns.rollback_of is null as is_evidence
from returns
inner join warned
    on returns.deployment_id = warned.deployment_id
