-- One row a rollout, with its owner at that moment and the verdict: failed, averted, or unknown. Nothing unknown is
-- taken for success.
with

deployments as (
    select
        *,
        coalesce(finished_at, started_at) as deployed_at,
        coalesce(exposed_share, case when strategy = 'all_at_once' then 1 end) as share
    from {{ ref('int_deployments') }}
),

ownership as (select * from {{ ref('int_service_ownership') }}),

blamed as (
    select distinct deployment_id
    from {{ ref('fct_incident_deployment_links') }}
    where deployment_id is not null
),

undone as (
    select distinct rollback_of as deployment_id from {{ ref('int_deployments') }}
    where rollback_of is not null
),

watched as (select * from {{ ref('int_watched_deployments') }}),

returns as (select * from {{ ref('int_version_returns') }}),

run as (select * from {{ source('landing', 'run') }}),

judged as (
    select
        deployments.*,
        ownership.team_id,
        ownership.area,
        run.as_of,
        blamed.deployment_id is not null as has_incident,
        undone.deployment_id is not null as has_rollback,
        watched.deployment_id is not null as is_watched,
        returns.deployment_id is not null as is_return,
        row_number() over (
            partition by deployments.service_id, deployments.environment
            order by deployments.deployed_at nulls last, deployments.deployment_id nulls last
        ) as sequence_number,
        case
            when blamed.deployment_id is not null then 'incident'
            when deployments.outcome = 'failed' then 'outcome'
            when
                deployments.outcome in ('rolled_back', 'aborted')
                then case when deployments.share >= 1 then 'rolled_back' end
            when undone.deployment_id is not null then 'rolled_back'
        end as failed_because
    from deployments
    cross join run
    left join ownership
        on
            deployments.service_id = ownership.service_id
            and deployments.deployed_at >= ownership.owned_from
            and (deployments.deployed_at < ownership.owned_to or ownership.is_open)
    left join blamed on deployments.deployment_id = blamed.deployment_id
    left join undone on deployments.deployment_id = undone.deployment_id
    left join watched on deployments.deployment_id = watched.deployment_id
    left join returns on deployments.deployment_id = returns.deployment_id
)

select
    deployment_id,
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    service_id,
    team_id,
    area,
    environment,
    environment = 'production' as is_production,
    version,
    first_commit_at,
    started_at,
    finished_at,
    deployed_at,
    outcome,
    failed_at,
    restored_at,
    exposed_share,
    strategy,
    trigger,
    tests,
    gates_skipped,
    abort_trigger,
    rollback_of,
    rollback_trigger,
    change_kind,
    is_unplanned_fix,
    approval_requested_at,
    approved_at,
    approver_differs,
    has_incident,
    has_rollback,
    case
        when failed_because is not null then true
        when outcome in ('rolled_back', 'aborted') then case when share < 1 then false end
        when outcome = 'succeeded' or is_watched then false
    end as is_failed,
    failed_because,
    case
        when outcome is not null then 'stated'
        when is_watched then 'incident_coverage'
    end as outcome_basis,
    failed_because is null and coalesce(outcome in ('rolled_back', 'aborted') and share < 1, false) as is_averted,
    {{ plus_hours('deployed_at', var('change_follow_up_hours')) }} > as_of as is_immature,
    case when version is not null then is_return end as is_version_return,
    service_id is not null and sequence_number = 1 as is_first_of_service,
    strategy in ('canary', 'blue_green') as is_progressive,
    case
        when outcome is null then null
        when
            outcome <> 'succeeded' or tests <> 'passed' or strategy not in ('canary', 'blue_green') or gates_skipped > 0
            then false
        when tests is not null and strategy is not null and gates_skipped is not null then true
    end as is_on_green_path
from judged
