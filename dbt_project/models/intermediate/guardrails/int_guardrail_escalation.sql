-- Is somebody there when it matters: unplanned incidents of sev1 and sev2, acknowledged, escalated or over within the
-- policy's minutes of their declaration. One that is over without a word of who answered is unknown: tools forget it.
-- Of one whose severity nobody said the minutes of sev1 are asked. One that is still open so long after has not been
-- answered; one that is not yet due is not judged.
with

incidents as (select * from {{ ref('fct_incidents') }}),

events as (

    select
        incident_id,
        min(event_at) as answered_at
    from {{ ref('fct_incident_events') }}
    where event in ('acknowledged', 'escalated')
    group by incident_id

),

run as (select * from {{ source('landing', 'run') }}),

settings as (

    {{ guardrail_settings('escalation') }}

),

policies as (

    select
        policy_version,
        replace(setting, '_minutes', '') as severity,
        cast(cast(number as decimal(18, 6)) * 60000000 as bigint) as allowed_microseconds
    from settings

),

severe as (

    select
        incidents.*,
        policies.policy_version,
        policies.allowed_microseconds,
        {{ microseconds_between(
            'coalesce(incidents.declared_at, incidents.started_at)',
            'least(incidents.acknowledged_at, events.answered_at)'
        ) }} as answered_after,
        {{ microseconds_between(
            'coalesce(incidents.declared_at, incidents.started_at)', 'incidents.resolved_at'
        ) }} as resolved_after,
        {{ microseconds_between('coalesce(incidents.declared_at, incidents.started_at)', 'run.as_of') }} as age
    from incidents
    inner join policies
        on coalesce(incidents.severity, 'sev1') = policies.severity
    cross join run
    left join events
        on incidents.incident_id = events.incident_id
    where coalesce(not incidents.is_planned, true)

),

judged as (

    select
        *,
        severity is not null and is_planned is not null as is_known,
        case
            when least(answered_after, resolved_after) <= allowed_microseconds then false
            when answered_after > allowed_microseconds or not is_resolved then true
        end as is_late
    from severe
    where coalesce(answered_after, resolved_after) is not null or is_resolved or age >= allowed_microseconds

)

select
    'escalation' as guardrail_id,
    'incidents' as part,
    policy_version,
    service_id,
    team_id,
    started_at as anchored_at,
    'incidents/' || incident_id as record_id,
    case when is_known then true end as is_in_scope,
    case when is_known then true end and is_late as is_failed,
    cast(null as bigint) as review_microseconds
from judged
