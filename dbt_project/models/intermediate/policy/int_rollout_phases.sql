-- Months and quarters in which a team is not scored: the roll-out has not reached its cohort by the first day, or it is
-- shown there and does not count yet. A team of no cohort that is listed is scored from the beginning.
with

teams as (

    select
        team_id,
        rollout_cohort,
        row_number() over (
            partition by team_id order by valid_from desc nulls last, valid_to desc nulls first
        ) as place
    from {{ ref('dim_team') }}

),

cohorts as (select * from {{ ref('policy_cohorts') }}),

entities as (

    select * from {{ ref('int_entities') }}
    where entity_type = 'team'

),

periods as (

    select * from {{ ref('int_periods') }}
    where period_type in ('month', 'quarter')

)

select
    entities.entity_key,
    periods.period_key,
    cohorts.scored_from,
    case when periods.period_start_on >= cohorts.starts_on then 'not_scored_yet' else 'not_started' end as phase
from teams
inner join cohorts
    on teams.rollout_cohort = cohorts.cohort
inner join entities
    on teams.team_id = entities.entity_id
inner join periods
    on coalesce(cohorts.scored_from > periods.period_start_on, true)
where teams.place = 1
