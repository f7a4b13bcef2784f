-- Services, teams, areas and the portfolio, with the local days between which they exist (null: no bound).
-- Never a person.
{{ config(materialized='table') }}

with

run as (

    select * from {{ source('landing', 'run') }}

),

services as (

    select * from {{ ref('dim_service') }}

),

teams as (

    select * from {{ ref('int_team_spans') }}

),

entities as (

    select
        'service' as entity_type,
        services.service_id as entity_id,
        coalesce(services.name, services.service_id) as entity_name,
        {{ dates_local_day('services.valid_from', 'run.time_zone') }} as exists_from_on,
        {{ dates_local_day('(services.valid_to - interval 1 microsecond)', 'run.time_zone') }} as exists_to_on
    from services
    cross join run

    union all

    select
        'team' as entity_type,
        team_id as entity_id,
        coalesce(name, team_id) as entity_name,
        exists_from_on,
        exists_to_on
    from teams

    union all

    select
        'area' as entity_type,
        area as entity_id,
        area as entity_name,
        min(exists_from_on) as exists_from_on,
        max(exists_to_on) as exists_to_on
    from teams
    where area is not null
    group by area

    union all

    select
        'portfolio' as entity_type,
        organisation as entity_id,
        title as entity_name,
        cast(null as date) as exists_from_on,
        cast(null as date) as exists_to_on
    from run

)

select
    cast(row_number() over (order by entity_type, entity_id) as bigint) as entity_key,
    entity_type,
    entity_id,
    entity_name,
    exists_from_on,
    exists_to_on
from entities
