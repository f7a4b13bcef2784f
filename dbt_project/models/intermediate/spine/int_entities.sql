-- Services, teams, areas and the portfolio, with the local days between which they exist (null: no bound).
-- Never a person.
{{ config(materialized='table') }}

with

run as (

    select * from {{ source('landing', 'run') }}

),

services as (

    select * from {{ ref('int_service_spans') }}

),

teams as (

    select * from {{ ref('int_team_spans') }}

),

team_areas as (

    select distinct
        team_id,
        area
    from {{ ref('dim_team') }}
    where area is not null

),

entities as (

    select
        'service' as entity_type,
        services.service_id as entity_id,
        coalesce(services.name, services.service_id) as entity_name,
        {{ dates_local_day('services.valid_from', 'run.time_zone') }} as exists_from_on,
        {{ dates_local_day(dates_just_before('services.valid_to'), 'run.time_zone') }} as exists_to_on
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
        team_areas.area as entity_id,
        team_areas.area as entity_name,
        min(teams.exists_from_on) as exists_from_on,
        max(teams.exists_to_on) as exists_to_on
    from teams
    inner join team_areas
        on teams.team_id = team_areas.team_id
    group by team_areas.area

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
    cast(row_number() over (order by entity_type nulls last, entity_id nulls last) as bigint) as entity_key,
    entity_type,
    entity_id,
    entity_name,
    exists_from_on,
    exists_to_on
from entities
