-- Half-open intervals of one owner and one area, without gap or overlap from 1970 to the clock. An unowned time is an
-- interval without a team. The last one stays open: what happens at the very instant of the clock belongs to it. An
-- owner that services.csv announces for later owns nothing yet.
{{ config(materialized='table') }}

with

owners as (select * from {{ ref('int_service_owners') }}),

areas as (select * from {{ ref('int_team_areas') }}),

run as (select * from {{ source('landing', 'run') }}),

pieces as (
    select
        owners.service_id,
        owners.team_id,
        areas.area,
        greatest(owners.owned_from, coalesce(areas.area_from, owners.owned_from)) as owned_from,
        least(
            coalesce(owners.owned_to, run.as_of),
            coalesce(areas.area_to, run.as_of),
            run.as_of
        ) as owned_to,
        coalesce(owners.owned_to > run.as_of, true) and coalesce(areas.area_to > run.as_of, true) as is_open
    from owners
    cross join run
    left join areas
        on
            owners.team_id = areas.team_id
            and areas.area_from <= least(coalesce(owners.owned_to, run.as_of), run.as_of)
            and (areas.area_to is null or owners.owned_from < areas.area_to)
    where owners.owned_from <= run.as_of
)

select
    service_id,
    team_id,
    area,
    owned_from,
    owned_to,
    is_open
from pieces
where owned_from < owned_to or is_open
