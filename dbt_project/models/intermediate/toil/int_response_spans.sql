-- The time in which people were at work on incidents, united: two that one team answers at once are one time. For a
-- service (level `service`) that is its own incidents; for a team all of them, of whatever service. What nobody owns
-- is united per service, and what names neither service nor team among itself.
{{ config(materialized='table') }}

with

pieces as (

    select * from {{ ref('int_response_pieces') }}

),

levels as (

    select
        'service' as level,
        service_id,
        cast(null as string) as team_id,
        day_on,
        segment_key,
        starts_at,
        ends_at
    from pieces
    where service_id is not null

    union all

    select
        'team' as level,
        case when team_id is null then service_id end as service_id,
        team_id,
        day_on,
        segment_key,
        starts_at,
        ends_at
    from pieces

)

{{ stretches_united('levels', 'level, service_id, team_id, day_on', least=['segment_key']) }}
