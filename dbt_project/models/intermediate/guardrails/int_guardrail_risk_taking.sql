-- Does anybody add features while the error budget is spent: production deployments of features of services that have
-- an objective, when any of these had nothing left of its budget. Of an objective that has not been measured in its
-- window nothing is spent. Of a deployment of unknown kind it matters only then.
with

deployments as (select * from {{ ref('fct_deployments') }}),

budgets as (

    select
        deployment_id,
        max(case when is_measured and is_spent then 1 else 0 end) = 1 as is_exhausted
    from {{ ref('int_guardrail_budgets') }}
    group by deployment_id

)

select
    'risk_taking' as guardrail_id,
    'deployments' as part,
    cast(null as string) as policy_version,
    deployments.service_id,
    deployments.team_id,
    deployments.deployed_at as anchored_at,
    'deployments/' || deployments.deployment_id as record_id,
    deployments.is_production and deployments.change_kind = 'feature' as is_in_scope,
    deployments.is_production and deployments.change_kind = 'feature' and budgets.is_exhausted as is_failed,
    cast(null as bigint) as review_microseconds
from deployments
inner join budgets
    on deployments.deployment_id = budgets.deployment_id
