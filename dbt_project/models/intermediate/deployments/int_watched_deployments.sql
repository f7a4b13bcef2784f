-- Deployments of unknown outcome whose following 24 hours some source of incidents watched: had they broken something,
-- an incident would have been linked.
with

deployments as (
    select
        deployment_id,
        service_id,
        coalesce(finished_at, started_at) as deployed_at
    from {{ ref('int_deployments') }}
    where outcome is null
),

coverage as (
    select * from {{ ref('int_source_coverage') }}
    where kind = 'incidents'
),

everyone as (
    select * from coverage
    where service_id is null
),

someone as (
    select * from coverage
    where service_id is not null
)

select deployments.deployment_id
from deployments
inner join everyone
    on
        deployments.deployed_at >= everyone.covers_from
        and everyone.covers_to >= {{ plus_hours('deployments.deployed_at', var('link_window_hours')) }}

union

select deployments.deployment_id
from deployments
inner join someone
    on
        deployments.service_id = someone.service_id
        and deployments.deployed_at >= someone.covers_from
        and someone.covers_to >= {{ plus_hours('deployments.deployed_at', var('link_window_hours')) }}
