-- What an incident may be linked to: a rollout of a known service to production.
with

deployments as (select * from {{ ref('int_deployments') }})

select
    deployment_id,
    service_id,
    rollback_of,
    coalesce(finished_at, started_at) as deployed_at
from deployments
where environment = 'production' and service_id is not null
