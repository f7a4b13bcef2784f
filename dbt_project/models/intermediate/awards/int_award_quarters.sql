-- The quarters that an award of a team rests on: a closed quarter and those before it, as many as the policy asks for,
-- all after the frozen baseline. A team that was not there in one of them, or a baseline that is not complete, leaves
-- fewer.
with

spine as (

    select * from {{ ref('int_guardrail_spine') }}
    where entity_type = 'team' and period_type = 'quarter' and is_closed

),

ranked as (

    select
        period_key,
        row_number() over (order by period_start_on nulls last) as place
    from {{ ref('int_periods') }}
    where period_type = 'quarter'

),

baseline as (

    select min(judged_from_on) as judged_from_on
    from {{ ref('int_baseline_quarters') }}

),

rules as (

    select
        policy_version,
        max(case when setting = 'alpha' then {{ parse_number('value') }} end) as alpha,
        cast(max(case when setting = 'quarters' then {{ parse_number('value') }} end) as bigint) as quarters
    from {{ ref('stg_organisation__policy_settings') }}
    where section = 'awards.sustained_improvement'
    group by policy_version

),

placed as (

    select
        spine.*,
        ranked.place
    from spine
    inner join ranked
        on spine.period_key = ranked.period_key

)

select
    closed.entity_key,
    closed.period_key,
    closed.policy_version,
    rules.alpha,
    rules.quarters,
    baseline.judged_from_on,
    member.period_key as member_key,
    member.period_start_on as member_start_on
from placed as closed
inner join rules
    on closed.policy_version = rules.policy_version
cross join baseline
left join placed as member
    on
        closed.entity_key = member.entity_key
        and closed.place - member.place between 0 and rules.quarters - 1
        and baseline.judged_from_on <= member.period_start_on
