-- Alerts of no incident that have an end, or have had a day for it, with the quarter in which they fired: whether a
-- live run touched them (of unknown mode: it may have), and whether automation was withheld on purpose.
with

quarters as (

    select * from {{ ref('int_periods') }}

    where period_type = 'quarter'

),

bounds as (

    select * from {{ ref('int_calendar_bounds') }}

),

touched as (

    select distinct alert_id
    from {{ ref('fct_automation_runs') }}
    where alert_id is not null and coalesce(mode, 'live') = 'live'

)

select
    alerts.alert_id,
    alerts.recorded_at,
    alerts.team_id,
    alerts.alert_class,
    alerts.fired_at,
    alerts.resolved_by,
    quarters.period_key,
    touched.alert_id is not null as is_touched,
    coalesce(alerts.is_held_out, false) as is_withheld
from {{ ref('fct_alerts') }} as alerts
cross join bounds
inner join quarters
    on
        alerts.fired_at >= quarters.starts_at
        and alerts.fired_at < quarters.ends_at
left join touched
    on alerts.alert_id = touched.alert_id
where
    alerts.incident_id is null
    and alerts.team_id is not null
    and alerts.alert_class is not null
    and (
        alerts.resolved_by is not null
        or (alerts.resolved_at is null and {{ plus_hours('alerts.fired_at', 24) }} <= bounds.as_of)
    )
