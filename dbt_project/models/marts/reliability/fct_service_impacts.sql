-- When incidents hit which services: as the sources tell it, and where they tell nothing of an incident, its main
-- service from its start to its resolution. An impact whose end is to come ends at the clock; an incident that
-- customers did not feel, and of which no hit is told, hits nothing.
with

run as (select * from {{ source('landing', 'run') }}),

incidents as (select * from {{ ref('fct_incidents') }}),

hits as (select * from {{ ref('fct_incident_services') }}),

told_of as (select distinct incident_id from hits),

told as (
    select
        hits.source,
        hits.source_record_id,
        hits.recorded_at,
        hits.incident_id,
        hits.service_id,
        hits.team_id,
        hits.area,
        hits.market,
        true as is_stated,
        incidents.severity,
        incidents.is_planned,
        coalesce(hits.impact_started_at, incidents.started_at) as starts_at,
        hits.impact_ended_at as stated_end_at,
        incidents.resolved_at,
        incidents.is_resolved
    from hits
    left join incidents on hits.incident_id = incidents.incident_id
),

assumed as (
    select
        incidents.source,
        incidents.source_record_id,
        incidents.recorded_at,
        incidents.incident_id,
        incidents.service_id,
        incidents.team_id,
        incidents.area,
        cast(null as string) as market,
        false as is_stated,
        incidents.severity,
        incidents.is_planned,
        incidents.started_at as starts_at,
        cast(null as timestamp) as stated_end_at,
        incidents.resolved_at,
        incidents.is_resolved
    from incidents
    left join told_of on incidents.incident_id = told_of.incident_id
    where told_of.incident_id is null and coalesce(incidents.customer_impact, true)
),

ended as (
    select
        impacts.*,
        coalesce(
            impacts.stated_end_at, impacts.resolved_at, case when not impacts.is_resolved then run.as_of end
        ) as ends_at
    from (
        select * from told
        union all
        select * from assumed
    ) as impacts
    cross join run
    where coalesce(impacts.starts_at <= run.as_of, true)
)

select
    source,
    source_record_id,
    recorded_at,
    incident_id,
    service_id,
    team_id,
    area,
    market,
    is_stated,
    severity,
    is_planned,
    coalesce(starts_at, stated_end_at, recorded_at) as anchored_at,
    starts_at,
    ends_at,
    case
        when starts_at is null then 'impact_start_unknown'
        when ends_at is null then 'impact_end_unknown'
        when ends_at < starts_at then 'negative_duration'
        when service_id is null then 'service_unknown'
    end as exclusion_reason
from ended
