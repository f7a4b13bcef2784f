-- Local days of which the sources speak of what people did in incidents: of each service; of each team, by the area
-- that it was in when they first did on that day; and of services while nobody owned them. A day without incidents is
-- one.
with

segments as (

    {{ segments_of_metric('manual_intervention_minutes') }}

),

days as (

    select * from {{ ref('int_calendar_days') }}

),

entities as (

    select * from {{ ref('int_entities') }}

),

areas as (

    select * from {{ ref('int_team_areas') }}

),

ownership as (

    select * from {{ ref('int_service_ownership') }}

),

spoken as (

    select
        segments.entity_type,
        segments.entity_id,
        days.day_on,
        segments.segment_key,
        greatest(segments.starts_at, days.starts_at) as starts_at,
        least(segments.ends_at, days.ends_at) as ends_at
    from segments
    inner join entities
        on segments.entity_key = entities.entity_key
    inner join days
        on
            segments.starts_at < days.ends_at
            and segments.ends_at > days.starts_at
            and coalesce(entities.exists_from_on <= days.day_on, true)
            and coalesce(entities.exists_to_on >= days.day_on, true)

),

firsts as (

    select
        entity_type,
        entity_id,
        day_on,
        min(segment_key) as segment_key,
        min(starts_at) as starts_at
    from spoken
    where entity_type in ('service', 'team')
    group by entity_type, entity_id, day_on

),

unowned as (

    select
        spoken.entity_id,
        spoken.day_on,
        min(spoken.segment_key) as segment_key
    from spoken
    inner join ownership
        on
            spoken.entity_type = 'service'
            and spoken.entity_id = ownership.service_id
            and ownership.team_id is null
            and spoken.starts_at < ownership.owned_to
            and spoken.ends_at > ownership.owned_from
    group by spoken.entity_id, spoken.day_on

)

select
    case when firsts.entity_type = 'service' then 'service' end as level,
    case when firsts.entity_type = 'service' then firsts.entity_id end as service_id,
    case when firsts.entity_type = 'team' then firsts.entity_id end as team_id,
    areas.area,
    firsts.day_on,
    firsts.segment_key
from firsts
left join areas
    on
        firsts.entity_type = 'team'
        and firsts.entity_id = areas.team_id
        and firsts.starts_at >= areas.area_from
        and (firsts.starts_at < areas.area_to or areas.area_to is null)

union all

select
    cast(null as string) as level,
    cast(null as string) as service_id,
    cast(null as string) as team_id,
    cast(null as string) as area,
    day_on,
    segment_key
from unowned
