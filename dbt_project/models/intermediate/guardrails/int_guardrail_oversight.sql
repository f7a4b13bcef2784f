-- Was everything critical that automation does agreed by a person: live runs of critical automations, and automated
-- production deployments of the kinds and tiers that the policy names. An approval at the very instant of the start
-- counts, since many logs have whole seconds; one that expires at it does not. What is not known of whether it is
-- critical matters only where the approval does not stand.
with

runs as (select * from {{ ref('fct_automation_runs') }}),

versions as (select * from {{ ref('dim_automation') }}),

deployments as (select * from {{ ref('fct_deployments') }}),

tiers as (select * from {{ ref('int_service_tiers') }}),

run as (select * from {{ source('landing', 'run') }}),

policies as (select * from {{ ref('int_policy_versions') }}),

kinds as (

    {{ guardrail_settings('oversight', 'critical_change_kinds') }}

),

critical_tiers as (

    {{ guardrail_settings('oversight', 'critical_tiers') }}

),

asked as (

    select
        'runs' as part,
        cast(null as string) as policy_version,
        runs.service_id,
        runs.team_id,
        runs.started_at as anchored_at,
        runs.started_at as begun_at,
        'automation_runs/' || runs.run_id as record_id,
        runs.mode = 'live' and versions.risk = 'critical' as is_in_scope,
        runs.approval_requested_at,
        runs.approved_at,
        runs.approval_expires_at,
        runs.approver_differs
    from runs
    left join versions
        on
            runs.automation_id = versions.automation_id
            and runs.version is not distinct from versions.version

    union all

    select
        'deployments' as part,
        policies.policy_version,
        deployments.service_id,
        deployments.team_id,
        deployments.deployed_at as anchored_at,
        deployments.started_at as begun_at,
        'deployments/' || deployments.deployment_id as record_id,
        deployments.is_production
        and deployments.trigger = 'automation'
        and case when deployments.change_kind is not null then kinds.value is not null end
        and case when tiers.tier is not null then critical_tiers.number is not null end as is_in_scope,
        deployments.approval_requested_at,
        deployments.approved_at,
        cast(null as timestamp) as approval_expires_at,
        deployments.approver_differs
    from deployments
    cross join policies
    cross join run
    left join tiers
        on
            deployments.service_id = tiers.service_id
            and deployments.deployed_at >= tiers.starts_at
            and (deployments.deployed_at < tiers.ends_at or deployments.deployed_at = run.as_of)
    left join kinds
        on
            policies.policy_version = kinds.policy_version
            and deployments.change_kind = kinds.value
    left join critical_tiers
        on
            policies.policy_version = critical_tiers.policy_version
            and tiers.tier = critical_tiers.number

),

judged as (

    select
        *,
        case
            when approval_requested_at is null or approved_at is null or not approver_differs then false
            when approval_requested_at > approved_at or approved_at > begun_at or approval_expires_at <= begun_at
                then false
            when begun_at is not null then approver_differs
        end as is_approved
    from asked
    where coalesce(is_in_scope, true)

)

select
    'oversight' as guardrail_id,
    part,
    policy_version,
    service_id,
    team_id,
    anchored_at,
    record_id,
    is_in_scope,
    is_in_scope and not is_approved as is_failed,
    case
        when is_in_scope and approved_at >= approval_requested_at
            then {{ microseconds_between('approval_requested_at', 'approved_at') }}
    end as review_microseconds
from judged
