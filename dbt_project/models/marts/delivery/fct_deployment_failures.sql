-- Production deployments that failed, with when that was and when it was mended: as the deployment says, else the start
-- of its first linked incident and the last resolution of all of them. One open incident keeps the failure open.
with

failed as (

    select * from {{ ref('fct_deployments') }}

    where is_production and is_failed

),

linked as (

    select
        links.deployment_id,
        min(incidents.started_at) as started_at,
        max(incidents.resolved_at) as resolved_at,
        max(case when coalesce(incidents.is_resolved, false) then 0 else 1 end) = 1 as has_open,
        max(case when incidents.is_resolved and incidents.resolved_at is null then 1 else 0 end) = 1 as has_vague
    from {{ ref('fct_incident_deployment_links') }} as links
    inner join {{ ref('fct_incidents') }} as incidents
        on links.incident_id = incidents.incident_id
    where links.deployment_id is not null
    group by links.deployment_id

)

select
    failed.deployment_id,
    failed.source,
    failed.source_record_id,
    failed.service_id,
    failed.team_id,
    failed.area,
    failed.strategy,
    coalesce(failed.failed_at, linked.started_at, failed.deployed_at) as anchored_at,
    coalesce(failed.failed_at, linked.started_at) as failed_at,
    coalesce(
        failed.restored_at,
        case when not linked.has_open and not linked.has_vague then linked.resolved_at end
    ) as restored_at,
    failed.restored_at is null and coalesce(not linked.has_open and linked.has_vague, false) as is_restoration_unknown
from failed
left join linked
    on failed.deployment_id = linked.deployment_id
