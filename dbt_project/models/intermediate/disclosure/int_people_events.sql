-- Records of people's working time that count in a metric: whose, on what local day, and when they became known.
-- Entries of manual work stand in the whole and in the split by their basis. An incident that people answered counts
-- on every day on which they did. A source that was loaded at once knew nothing earlier: first_recorded_at is its
-- oldest record.
{{ config(materialized='table') }}

with

toil as (

    select
        'toil_entries' as kind,
        source,
        entry_id as event_id,
        team_id,
        area,
        day_on,
        basis,
        recorded_at,
        reason,
        split_reason
    from {{ ref('int_judged_toil') }}
    where metric_id = 'toil_share'

),

hands as (

    select
        source,
        incident_id,
        min(recorded_at) as recorded_at
    from {{ ref('int_incident_events') }}
    where actor = 'person'
    group by source, incident_id

),

incidents as (

    select
        incident_id,
        min(source) as source,
        min(recorded_at) as recorded_at
    from hands
    group by incident_id

),

areas as (select * from {{ ref('int_team_areas') }}),

answers as (

    select
        'incident_responses' as kind,
        incidents.source,
        pieces.incident_id as event_id,
        pieces.team_id,
        areas.area,
        pieces.day_on,
        incidents.recorded_at
    from {{ ref('int_response_pieces') }} as pieces
    inner join incidents
        on pieces.incident_id = incidents.incident_id
    left join areas
        on
            pieces.team_id = areas.team_id
            and pieces.starts_at >= areas.area_from
            and (pieces.starts_at < areas.area_to or areas.area_to is null)

),

united as (

    select
        kind,
        source,
        event_id,
        team_id,
        area,
        day_on,
        cast(null as string) as dimension_value,
        recorded_at
    from toil
    where reason is null

    union all

    select
        kind,
        source,
        event_id,
        team_id,
        area,
        day_on,
        basis as dimension_value,
        recorded_at
    from toil
    where split_reason is null and basis is not null

    union all

    select distinct
        kind,
        source,
        event_id,
        team_id,
        area,
        day_on,
        cast(null as string) as dimension_value,
        recorded_at
    from answers

)

select
    kind,
    cast(null as string) as service_id,
    team_id,
    area,
    day_on,
    dimension_value,
    event_id,
    recorded_at,
    min(recorded_at) over (partition by kind, source) as first_recorded_at
from united
