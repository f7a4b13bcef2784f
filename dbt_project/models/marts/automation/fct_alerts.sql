-- Firings of alerts, with the team that owned the service then.
with

alerts as (select * from {{ ref('stg_records__alerts') }}),

ownership as (select * from {{ ref('int_service_ownership') }})

select
    alerts.alert_id,
    alerts.source,
    alerts.source_record_id,
    alerts.batch_id,
    alerts.recorded_at,
    alerts.service_id,
    ownership.team_id,
    ownership.area,
    alerts.alert_class,
    alerts.fired_at,
    alerts.resolved_at,
    alerts.resolved_by,
    alerts.was_paged,
    alerts.action_taken,
    alerts.incident_id,
    alerts.is_held_out
from alerts
left join ownership
    on
        alerts.service_id = ownership.service_id
        and alerts.fired_at >= ownership.owned_from
        and (alerts.fired_at < ownership.owned_to or ownership.is_open)
