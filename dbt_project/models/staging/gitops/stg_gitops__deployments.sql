-- A revert undoes the deployment of the commit that it names, of the same service. A commit that names one without
-- being a revert (a second attempt, a merge that tells its history) undoes nothing.
with

rollouts as (
    select * from {{ ref('stg_gitops__deployments_flagged') }}
    where fate = 'staged'
),

undone as (
    select
        source,
        sha,
        service_id,
        min(source_record_id) as deployment_id
    from rollouts
    group by source, sha, service_id
)

select
    rollouts.source,
    rollouts.source_record_id,
    rollouts.batch_id,
    rollouts.updated_at,
    rollouts.recorded_at,
    rollouts.source_record_id as deployment_id,
    rollouts.service_id,
    rollouts.environment,
    rollouts.version,
    rollouts.started_at,
    rollouts.trigger,
    undone.deployment_id as rollback_of,
    case when rollouts.is_revert then rollouts.trigger end as rollback_trigger
from rollouts
left join undone
    on
        rollouts.is_revert
        and rollouts.source = undone.source
        and rollouts.reverted_sha = undone.sha
        and rollouts.service_id = undone.service_id
