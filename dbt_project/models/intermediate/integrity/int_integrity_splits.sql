-- Unplanned incidents, and those that began while another of the same service and fingerprint went on, or at most 30
-- minutes after it: one trouble, told as several.
with

incidents as (

    select * from {{ ref('fct_incidents') }}

    where is_planned = false and service_id is not null and fingerprint is not null and started_at is not null

),

followed as (

    select
        *,
        max(coalesce(resolved_at, started_at)) over (
            partition by service_id, fingerprint
            order by started_at nulls last, incident_id nulls last
            rows between unbounded preceding and 1 preceding
        ) as former_end_at
    from incidents

),

judged as (

    select
        *,
        coalesce({{ microseconds_between('former_end_at', 'started_at') }} <= 1800000000, false) as is_split
    from followed

)

select
    'incident_splitting' as signal_id,
    team_id as entity_id,
    started_at as happened_at,
    incident_id as record_id,
    recorded_at,
    true as is_counted,
    is_split as is_suspicious,
    is_split as is_evidence
from judged
