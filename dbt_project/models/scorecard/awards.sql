-- Awards of teams, each closed quarter with whether it was granted, what it rests on, and else why it is withheld. A
-- guardrail that did not hold withholds it, whatever improved.
with

spine as (

    select * from {{ ref('int_guardrail_spine') }}
    where entity_type = 'team' and period_type = 'quarter' and is_closed

),

reasons as (

    select
        entity_key,
        period_key,
        {{ texts_in_order('code') }} as codes,
        {{ texts_in_order("words || '|'") }} as words
    from {{ ref('int_award_reasons') }}
    group by entity_key, period_key

),

quarters as (

    select
        entity_key,
        period_key,
        min(member_start_on) as first_start_on
    from {{ ref('int_award_quarters') }}
    group by entity_key, period_key

),

improved as (

    select
        tests.entity_key,
        tests.period_key,
        {{ texts_in_order(
            "tests.metric_id || ' p ' || " ~ millionths_as_text('tests.p_value') ~ " || ' from '
            || cast(quarters.first_start_on as string)"
        ) }} as evidence
    from {{ ref('int_award_tests') }} as tests
    inner join quarters
        on
            tests.entity_key = quarters.entity_key
            and tests.period_key = quarters.period_key
    where tests.is_improved
    group by tests.entity_key, tests.period_key

),

run as (select * from {{ source('landing', 'run') }})

select
    spine.entity_type,
    spine.entity_id,
    spine.entity_name,
    'sustained_improvement' as award_id,
    spine.period_type,
    spine.period_start_on,
    reasons.codes is null as granted,
    reasons.codes as withheld_codes,
    replace(replace(reasons.words, '|,', '; '), '|', '') as withheld_because,
    improved.evidence,
    spine.policy_version,
    run.as_of
from spine
left join reasons
    on
        spine.entity_key = reasons.entity_key
        and spine.period_key = reasons.period_key
left join improved
    on
        spine.entity_key = improved.entity_key
        and spine.period_key = improved.period_key
cross join run
