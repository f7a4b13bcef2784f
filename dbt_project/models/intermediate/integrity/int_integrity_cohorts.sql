-- Fixed cohorts: the services that a team owned when the first of them vanished in a quarter, while their incidents
-- were spoken of, over the year before. A service vanishes when the register, or what the sources say of its
-- incidents, ends before the clock; one that moves to another team does not.
{{ config(materialized='table') }}

with

bounds as (

    select * from {{ ref('int_calendar_bounds') }}

),

quarters as (

    select * from {{ ref('int_periods') }}

    where period_type = 'quarter'

),

ownership as (

    select * from {{ ref('int_service_ownership') }}

    where team_id is not null

),

covered as (

    select * from {{ ref('int_coverage_intervals') }}

    where kind = 'incidents'

),

ends as (

    select
        covered.service_id,
        max(covered.covered_to) as vanished_at
    from covered
    cross join bounds
    group by covered.service_id
    having max(covered.covered_to) < max(bounds.as_of)

),

vanished as (

    select
        ends.service_id,
        ownership.team_id,
        quarters.period_key,
        ends.vanished_at
    from ends
    inner join ownership
        on
            ends.service_id = ownership.service_id
            and ends.vanished_at > ownership.owned_from
            and ends.vanished_at <= ownership.owned_to
    inner join quarters
        on
            ends.vanished_at >= quarters.starts_at
            and ends.vanished_at < quarters.ends_at

),

firsts as (

    select
        team_id,
        period_key,
        min(vanished_at) as cohort_to,
        {{ plus_hours('min(vanished_at)', -8760) }} as cohort_from
    from vanished
    group by team_id, period_key

),

members as (

    select
        firsts.team_id,
        firsts.period_key,
        ownership.service_id,
        greatest(firsts.cohort_from, ownership.owned_from, covered.covered_from) as member_from,
        least(firsts.cohort_to, covered.covered_to) as member_to
    from firsts
    inner join ownership
        on
            firsts.team_id = ownership.team_id
            and firsts.cohort_to > ownership.owned_from
            and (firsts.cohort_to <= ownership.owned_to or ownership.is_open)
    inner join covered
        on
            ownership.service_id = covered.service_id
            and firsts.cohort_to > covered.covered_from

)

select
    members.team_id,
    members.period_key,
    members.service_id,
    members.member_from,
    members.member_to,
    vanished.vanished_at
from members
left join vanished
    on
        members.team_id = vanished.team_id
        and members.period_key = vanished.period_key
        and members.service_id = vanished.service_id
where members.member_from < members.member_to
