-- Deployments that bring back a version which was live before the one before (V1 V2 V3 V1), within the policy's hours.
-- A version deployed again while it is live is the same run; only the first deployment of a run can be a return.
with

deployments as (
    select
        deployment_id,
        service_id,
        environment,
        version,
        coalesce(finished_at, started_at) as deployed_at
    from {{ ref('int_deployments') }}
    where
        version is not null
        and service_id is not null
        and (outcome is null or outcome not in ('failed', 'aborted'))
),

-- A version that is deployed once cannot come back: only where one repeats is there anything to put in order.
repeated as (
    select
        service_id,
        environment,
        version
    from deployments
    group by service_id, environment, version
    having count(*) > 1
),

environments as (
    select distinct
        service_id,
        environment
    from repeated
),

ordered as (
    select
        deployments.*,
        lag(deployments.version) over (
            partition by deployments.service_id, deployments.environment
            order by deployments.deployed_at nulls last, deployments.deployment_id nulls last
        ) as former_version
    from deployments
    inner join environments
        on
            deployments.service_id = environments.service_id
            and deployments.environment is not distinct from environments.environment
),

runs as (
    select
        *,
        lag(deployed_at) over (
            partition by service_id, environment order by deployed_at nulls last, deployment_id nulls last
        ) as former_run_at,
        row_number() over (
            partition by service_id, environment, version order by deployed_at nulls last, deployment_id nulls last
        ) as run_of_version
    from ordered
    where former_version is null or former_version <> version
)

select deployment_id
from runs
where
    run_of_version > 1
    and {{ plus_hours('former_run_at', var('rollback_window_hours')) }} >= deployed_at
