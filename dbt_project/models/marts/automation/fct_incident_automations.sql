-- Incidents that are not planned work, whether an automation that was written down and tested before they began ran
-- live in them, and whether one for an alert of theirs was there at all.
with

incidents as (select * from {{ ref('fct_incidents') }}),

runs as (select * from {{ ref('fct_automation_runs') }}),

versions as (select * from {{ ref('dim_automation') }}),

automations as (

    select
        automation_id,
        version,
        greatest(formalised_at, tested_at) as ready_at
    from versions
    where formalised_at is not null and tested_at is not null

),

answered as (

    select
        incidents.incident_id,
        max(case when runs.mode = 'live' then 1 else 0 end) = 1 as has_live_run,
        max(case when runs.mode is null then 1 else 0 end) = 1 as has_run_of_unknown_mode
    from runs
    inner join incidents
        on runs.incident_id = incidents.incident_id
    inner join automations
        on
            runs.automation_id = automations.automation_id
            and (runs.version = automations.version or runs.version is null or automations.version is null)
            and incidents.started_at > automations.ready_at
    group by incidents.incident_id

),

classes as (

    select
        formalised_at,
        valid_to,
        {{ explode_words('alert_classes', "'|'") }} as alert_class
    from versions
    where formalised_at is not null and alert_classes is not null

),

alerted as (

    select
        incidents.incident_id,
        max(case when classes.alert_class is null then 0 else 1 end) = 1 as is_addressable
    from {{ ref('fct_alerts') }} as alerts
    inner join incidents
        on alerts.incident_id = incidents.incident_id
    left join classes
        on
            alerts.alert_class = {{ trimmed('classes.alert_class') }}
            and incidents.started_at > classes.formalised_at
            and coalesce(incidents.started_at < classes.valid_to, true)
    where alerts.alert_class is not null
    group by incidents.incident_id

)

select
    incidents.incident_id,
    incidents.source,
    incidents.source_record_id,
    incidents.service_id,
    incidents.team_id,
    incidents.area,
    incidents.is_planned,
    incidents.is_resolved,
    incidents.started_at,
    case
        when answered.has_live_run then true
        when not coalesce(answered.has_run_of_unknown_mode, false) then false
    end as is_automated,
    alerted.is_addressable
from incidents
left join answered
    on incidents.incident_id = answered.incident_id
left join alerted
    on incidents.incident_id = alerted.incident_id
where not coalesce(incidents.is_planned, false)
