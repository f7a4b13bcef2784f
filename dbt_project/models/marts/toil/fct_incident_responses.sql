-- Incidents that are not planned work, with the time from the first action of a person to the resolution that stands.
-- Events alone say whose an action was: where somebody unknown acted first, or nothing is known of what was done, no
-- first action is taken to be a person's, and none to be automation's.
with

incidents as (select * from {{ ref('fct_incidents') }}),

events as (select * from {{ ref('int_incident_events') }}),

run as (select * from {{ source('landing', 'run') }}),

hands as (

    select
        incident_id,
        min(case when actor = 'person' then event_at end) as first_person_at,
        min(case when actor is null then event_at end) as first_unknown_at
    from events
    group by incident_id

),

timed as (

    select
        incidents.*,
        hands.incident_id is not null as has_events,
        hands.first_person_at,
        hands.first_unknown_at,
        case when incidents.is_resolved then incidents.resolved_at else run.as_of end as ended_at
    from incidents
    cross join run
    left join hands
        on incidents.incident_id = hands.incident_id
    where not coalesce(incidents.is_planned, false) and incidents.started_at is not null

),

judged as (

    select
        *,
        case
            when is_planned is null then 'planned_unknown'
            when ended_at is null then 'resolution_time_unknown'
            when not has_events then 'action_unknown'
            when first_unknown_at < least(ended_at, coalesce(first_person_at, ended_at)) then 'actor_unknown'
        end as reason
    from timed

)

select
    incident_id,
    source,
    source_record_id,
    service_id,
    team_id,
    area,
    is_planned,
    is_resolved,
    started_at,
    case when reason is null and first_person_at < ended_at then first_person_at end as first_action_at,
    ended_at,
    reason,
    case
        when reason is null and first_person_at < ended_at then {{ minutes_between('first_person_at', 'ended_at') }}
        when reason is null then 0e0
    end as response_minutes
from judged
