-- Why an award is withheld from a team, each reason as a code and in words: no baseline, or not enough quarters after
-- it; a quarter in which the roll-out did not score it yet; nothing that improved; a guardrail that did not hold in one
-- of the quarters. That nothing happened that a guardrail is about is no reason; that no source could tell is one.
with

quarters as (select * from {{ ref('int_award_quarters') }}),

tests as (select * from {{ ref('int_award_tests') }}),

guardrails as (select * from {{ ref('int_guardrail_rows') }}),

phases as (select * from {{ ref('int_rollout_phases') }}),

counted as (

    select
        entity_key,
        period_key,
        quarters,
        max(judged_from_on) as judged_from_on,
        cast(count(member_key) as bigint) as found
    from quarters
    group by entity_key, period_key, quarters

),

failing as (

    select
        quarters.entity_key,
        quarters.period_key,
        quarters.member_start_on,
        guardrails.guardrail_id,
        guardrails.status,
        guardrails.restored_by
    from quarters
    inner join guardrails
        on
            quarters.entity_key = guardrails.entity_key
            and quarters.member_key = guardrails.period_key
    where guardrails.status not in ('held', 'excepted', 'no_exposure')

)

select
    entity_key,
    period_key,
    case when judged_from_on is null then 'no_baseline' else 'too_few_quarters' end as code,
    case
        when judged_from_on is null then 'the frozen baseline is not complete yet'
        else
            cast(found as string) || ' of ' || cast(quarters as string)
            || ' quarters in a row lie after the baseline, which ends before ' || cast(judged_from_on as string)
    end as words
from counted
where found < quarters

union all

select
    quarters.entity_key,
    quarters.period_key,
    'not_scored_yet' as code,
    case
        when max(phases.scored_from) is null then 'the roll-out does not say yet from when the team is scored'
        else 'the team is scored from ' || cast(max(phases.scored_from) as string) || ' on, and a quarter began before'
    end as words
from quarters
inner join phases
    on
        quarters.entity_key = phases.entity_key
        and quarters.member_key = phases.period_key
group by quarters.entity_key, quarters.period_key

union all

select
    entity_key,
    period_key,
    'no_improvement' as code,
    'none of ' || cast(max(metrics) as string)
    || ' scored metrics is better than the baseline in each quarter and beyond chance' as words
from tests
group by entity_key, period_key
having max(case when is_improved then 1 else 0 end) = 0

union all

select
    entity_key,
    period_key,
    'guardrail_' || status || ':' || guardrail_id || ':' || cast(member_start_on as string) as code,
    guardrail_id || ' in the quarter from ' || cast(member_start_on as string) || ' ('
    || replace(status, '_', ' ') || '), restored by: ' || restored_by as words
from failing
