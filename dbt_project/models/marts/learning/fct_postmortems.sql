-- Reviews of incidents, of the service that the incident hit. Where no team is named, the incident's has it.
with

reviews as (select * from {{ ref('stg_records__postmortems') }}),

incidents as (select * from {{ ref('fct_incidents') }}),

areas as (select * from {{ ref('int_team_areas') }})

select
    reviews.postmortem_id,
    reviews.source,
    reviews.source_record_id,
    reviews.batch_id,
    reviews.recorded_at,
    reviews.incident_id,
    incidents.service_id,
    coalesce(reviews.team_id, incidents.team_id) as team_id,
    case when reviews.team_id is null then incidents.area else areas.area end as area,
    reviews.started_at,
    reviews.published_at,
    reviews.teams_present
from reviews
left join incidents
    on reviews.incident_id = incidents.incident_id
left join areas
    on
        reviews.team_id = areas.team_id
        and coalesce(reviews.published_at, reviews.started_at) >= areas.area_from
        and (coalesce(reviews.published_at, reviews.started_at) < areas.area_to or areas.area_to is null)
