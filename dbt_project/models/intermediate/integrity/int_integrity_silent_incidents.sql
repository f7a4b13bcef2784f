-- Burn episodes that can be judged, while a source speaks of the service's incidents, and those without an incident.
with

episodes as (

    select * from {{ ref('fct_burn_episodes') }}

    where not is_immature

),

covered as (

    select * from {{ ref('int_coverage_intervals') }}

    where kind = 'incidents'

)

select
    'silent_incident' as signal_id,
    episodes.team_id as entity_id,
    episodes.started_at as happened_at,
    episodes.source_record_id as record_id,
    episodes.ended_at as recorded_at,
    true as is_counted,
    not episodes.is_declared as is_suspicious,
    not episodes.is_declared as is_evidence
from episodes
inner join covered
    on
        episodes.service_id = covered.service_id
        and episodes.started_at >= covered.covered_from
        and episodes.started_at <= covered.covered_to
