-- Incidents that are not planned work, and whether what they have in common with others (their fingerprint) had a
-- published review before they began.
with

incidents as (select * from {{ ref('fct_incidents') }}),

reviewed as (

    select
        incidents.fingerprint,
        min(reviews.published_at) as first_reviewed_at
    from {{ ref('fct_postmortems') }} as reviews
    inner join incidents
        on reviews.incident_id = incidents.incident_id
    where reviews.published_at is not null and incidents.fingerprint is not null
    group by incidents.fingerprint

)

select
    incidents.incident_id,
    incidents.source,
    incidents.source_record_id,
    incidents.service_id,
    incidents.team_id,
    incidents.area,
    incidents.is_planned,
    incidents.started_at,
    incidents.fingerprint,
    reviewed.first_reviewed_at,
    case
        when incidents.fingerprint is not null then coalesce(reviewed.first_reviewed_at < incidents.started_at, false)
    end as is_repeat
from incidents
left join reviewed
    on incidents.fingerprint = reviewed.fingerprint
where not coalesce(incidents.is_planned, false)
