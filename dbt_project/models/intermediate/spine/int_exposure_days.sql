-- Exposure of services, teams, areas and the portfolio by local day. For incidents service-time adds up; deployments
-- are counted per week of the calendar, so there a team's day is the longest of its services' days.
{{ config(materialized='table') }}

with

entities as (

    select * from {{ ref('int_entities') }}

),

service_days as (

    select * from {{ ref('int_service_days') }}

),

owned_days as (

    select * from {{ ref('int_owned_days') }}

),

exposures as (

    select
        entities.entity_key,
        service_days.service_id,
        service_days.kind,
        service_days.day_on,
        service_days.exposed_microseconds
    from service_days
    inner join entities
        on entities.entity_type = 'service' and service_days.service_id = entities.entity_id

    union all

    select
        entities.entity_key,
        service_days.service_id,
        service_days.kind,
        service_days.day_on,
        service_days.exposed_microseconds
    from service_days
    inner join entities
        on entities.entity_type = 'portfolio'

    union all

    select
        entities.entity_key,
        owned_days.service_id,
        owned_days.kind,
        owned_days.day_on,
        owned_days.exposed_microseconds
    from owned_days
    inner join entities
        on entities.entity_type = 'team' and owned_days.team_id = entities.entity_id

    union all

    select
        entities.entity_key,
        owned_days.service_id,
        owned_days.kind,
        owned_days.day_on,
        sum(owned_days.exposed_microseconds) as exposed_microseconds
    from owned_days
    inner join entities
        on entities.entity_type = 'area' and owned_days.area = entities.entity_id
    group by entities.entity_key, owned_days.service_id, owned_days.kind, owned_days.day_on

)

select
    entity_key,
    kind,
    day_on,
    cast(
        case
            when kind like 'deployments%' then max(exposed_microseconds) else sum(exposed_microseconds)
        end as bigint
    ) as exposed_microseconds
from exposures
group by entity_key, kind, day_on
