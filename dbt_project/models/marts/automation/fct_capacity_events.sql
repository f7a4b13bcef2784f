-- Scaling actions and breaches of capacity, with the team that owned the service then.
with

events as (select * from {{ ref('stg_records__capacity_events') }}),

ownership as (select * from {{ ref('int_service_ownership') }})

select
    events.event_id,
    events.source,
    events.source_record_id,
    events.batch_id,
    events.recorded_at,
    events.service_id,
    ownership.team_id,
    ownership.area,
    events.happened_at,
    events.event
from events
left join ownership
    on
        events.service_id = ownership.service_id
        and events.happened_at >= ownership.owned_from
        and (events.happened_at < ownership.owned_to or ownership.is_open)
