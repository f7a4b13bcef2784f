-- Successful production deployments that are neither a rollback nor a fix, and those that bring nothing new: the
-- version that was live already, or one change of at most five lines.
with

deployments as (

    select * from {{ ref('fct_deployments') }}

    where is_production and outcome = 'succeeded' and deployed_at is not null and service_id is not null

),

sizes as (

    select
        source,
        deployment_id,
        change_count,
        lines_changed
    from {{ ref('stg_records__deployments') }}

),

ordered as (

    select
        *,
        lag(version) over (
            partition by service_id order by deployed_at nulls last, deployment_id nulls last
        ) as former_version
    from deployments

),

judged as (

    select
        ordered.*,
        coalesce(ordered.version = ordered.former_version, false)
        or coalesce(sizes.change_count <= 1 and sizes.lines_changed <= 5, false) as is_tiny
    from ordered
    left join sizes
        on
            ordered.source = sizes.source
            and ordered.deployment_id = sizes.deployment_id
    where
        ordered.rollback_of is null
        and coalesce(ordered.is_unplanned_fix, false) = false
        and (ordered.version is not null or sizes.lines_changed is not null)

)

select
    'deployment_splitting' as signal_id,
    team_id as entity_id,
    deployed_at as happened_at,
    deployment_id as record_id,
    recorded_at,
    true as is_counted,
    is_tiny as is_suspicious,
    is_tiny as is_evidence
from judged
