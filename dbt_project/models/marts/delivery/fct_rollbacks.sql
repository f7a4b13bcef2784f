-- Production rollouts that undo another: whether automation did it, it succeeded, and nobody had to do it by hand
-- within the hour after. Null where nobody says.
with

rollbacks as (

    select * from {{ ref('fct_deployments') }}

    where is_production and rollback_of is not null

),

run as (

    select * from {{ source('landing', 'run') }}

),

by_hand as (

    select distinct rollbacks.deployment_id
    from rollbacks
    inner join rollbacks as later
        on
            rollbacks.service_id = later.service_id
            and rollbacks.deployment_id <> later.deployment_id
            and rollbacks.deployed_at <= later.deployed_at
            and {{ plus_hours('rollbacks.deployed_at', var('rollback_follow_up_hours')) }} >= later.deployed_at
    where later.rollback_trigger = 'person'

)

select
    rollbacks.deployment_id,
    rollbacks.source,
    rollbacks.source_record_id,
    rollbacks.service_id,
    rollbacks.team_id,
    rollbacks.area,
    rollbacks.rollback_of,
    rollbacks.deployed_at,
    case
        when rollbacks.rollback_trigger = 'person' or rollbacks.outcome <> 'succeeded' then false
        when rollbacks.rollback_trigger is not null and rollbacks.outcome is not null then by_hand.deployment_id is null
    end as is_automatic_success,
    {{ plus_hours('rollbacks.deployed_at', var('rollback_follow_up_hours')) }} > run.as_of as is_immature
from rollbacks
cross join run
left join by_hand
    on rollbacks.deployment_id = by_hand.deployment_id
