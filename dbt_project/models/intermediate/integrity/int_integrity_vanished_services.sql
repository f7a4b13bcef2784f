-- Unplanned incidents of a team's fixed cohort in the year before the first of its services vanished, and those of the
-- services that vanished. The evidence is these services.
with

cohorts as (

    select * from {{ ref('int_integrity_cohorts') }}

),

firsts as (

    select
        team_id,
        period_key,
        min(vanished_at) as vanished_at
    from cohorts
    where vanished_at is not null
    group by team_id, period_key

),

incidents as (

    select * from {{ ref('fct_incidents') }}

    where is_planned = false

)

select
    'shrinking_denominator' as signal_id,
    cohorts.team_id as entity_id,
    firsts.vanished_at as happened_at,
    incidents.incident_id as record_id,
    incidents.recorded_at,
    true as is_counted,
    cohorts.vanished_at is not null as is_suspicious,
    false as is_evidence
from cohorts
inner join firsts
    on
        cohorts.team_id = firsts.team_id
        and cohorts.period_key = firsts.period_key
inner join incidents
    on
        cohorts.service_id = incidents.service_id
        and cohorts.member_from <= incidents.started_at
        and cohorts.member_to > incidents.started_at

union all

select distinct
    'shrinking_denominator' as signal_id,
    cohorts.team_id as entity_id,
    firsts.vanished_at as happened_at,
    cohorts.service_id as record_id,
    cohorts.vanished_at as recorded_at,
    false as is_counted,
    false as is_suspicious,
    true as is_evidence
from cohorts
inner join firsts
    on
        cohorts.team_id = firsts.team_id
        and cohorts.period_key = firsts.period_key
where cohorts.vanished_at is not null
