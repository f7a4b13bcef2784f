-- Manual work that was done, with the team that did it: as the entry says, else the owner of its service then. Of two
-- entries about the same work one is in the total: a ticket of that incident, not what was reckoned from it; the
-- tickets of a week, not what the team said of it when asked.
with

entries as (select * from {{ ref('stg_records__toil_entries') }}),

ownership as (select * from {{ ref('int_service_ownership') }}),

areas as (select * from {{ ref('int_team_areas') }}),

run as (select * from {{ source('landing', 'run') }}),

placed as (

    select
        entries.*,
        coalesce(entries.team_id, ownership.team_id) as worked_team_id,
        case when entries.team_id is null then ownership.area else areas.area end as area,
        {{ dates_period_start(
            'week', dates_local_day('entries.performed_at', 'run.time_zone')
        ) }} as week_start_on
    from entries
    cross join run
    left join ownership
        on
            entries.service_id = ownership.service_id
            and entries.performed_at >= ownership.owned_from
            and (entries.performed_at < ownership.owned_to or ownership.is_open)
    left join areas
        on
            entries.team_id = areas.team_id
            and entries.performed_at >= areas.area_from
            and (entries.performed_at < areas.area_to or areas.area_to is null)

),

tickets as (

    select distinct
        worked_team_id,
        coalesce('incident ' || incident_id, 'week ' || cast(week_start_on as string)) as work
    from placed
    where basis = 'ticket' and minutes is not null and worked_team_id is not null

)

select
    placed.entry_id,
    placed.source,
    placed.source_record_id,
    placed.batch_id,
    placed.recorded_at,
    placed.worked_team_id as team_id,
    placed.area,
    placed.service_id,
    placed.incident_id,
    placed.category,
    placed.basis,
    placed.performed_at,
    placed.minutes,
    cast(cast(placed.minutes * 6e7 as decimal(18, 0)) as bigint) as worked_microseconds,
    tickets.worked_team_id is not null as is_same_work
from placed
left join tickets
    on
        placed.worked_team_id = tickets.worked_team_id
        and case placed.basis
            when 'survey' then 'week ' || cast(placed.week_start_on as string)
            when 'derived' then 'incident ' || placed.incident_id
        end = tickets.work
