-- Deployments that a later one of the same service undid, a row for each day from one to the other: an incident meets
-- those of its own day, and not all that its service ever had.
with

deployments as (select * from {{ ref('int_production_deployments') }}),

undoing as (
    select
        rollback_of,
        service_id,
        deployed_at
    from deployments
    where rollback_of is not null
),

rollbacks as (
    select distinct
        undone.deployment_id,
        undone.service_id,
        undone.deployed_at,
        undoing.deployed_at as rolled_back_at
    from deployments as undone
    inner join undoing on undone.deployment_id = undoing.rollback_of and undone.service_id = undoing.service_id
    where undoing.deployed_at >= undone.deployed_at
)

select
    deployment_id,
    service_id,
    deployed_at,
    rolled_back_at,
    {{ dates_unnest_days('cast(deployed_at as date)', 'cast(rolled_back_at as date)') }} as day_on
from rollbacks
