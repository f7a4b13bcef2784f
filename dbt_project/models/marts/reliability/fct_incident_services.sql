-- Services and markets hit by incidents, as the sources tell them; a row that names no service is of the incident's
-- main one. With the team that owned the service when the impact began.
with

hits as (select * from {{ ref('stg_records__incident_services') }}),

incidents as (select * from {{ ref('fct_incidents') }}),

ownership as (select * from {{ ref('int_service_ownership') }}),

told as (
    select
        hits.*,
        coalesce(hits.service_id, incidents.service_id) as hit_service_id,
        coalesce(hits.impact_started_at, incidents.started_at) as hit_from
    from hits
    left join incidents on hits.incident_id = incidents.incident_id
)

select
    told.source,
    told.source_record_id,
    told.batch_id,
    told.updated_at,
    told.recorded_at,
    told.incident_id,
    told.hit_service_id as service_id,
    ownership.team_id,
    ownership.area,
    told.market,
    told.impact_started_at,
    told.impact_ended_at
from told
left join ownership
    on
        told.hit_service_id = ownership.service_id
        and told.hit_from >= ownership.owned_from
        and (told.hit_from < ownership.owned_to or ownership.is_open)
