-- What awards rest on: of every team, closed quarter and scored metric, whether it was better than the frozen baseline
-- in each of the quarters, and how likely that is by chance.
with

tests as (select * from {{ ref('int_award_tests') }}),

spine as (select * from {{ ref('int_guardrail_spine') }}),

run as (select * from {{ source('landing', 'run') }})

select
    spine.entity_type,
    spine.entity_id,
    spine.entity_name,
    'sustained_improvement' as award_id,
    spine.period_type,
    spine.period_start_on,
    tests.metric_id,
    tests.quarters,
    tests.quarters_better,
    tests.metrics,
    tests.p_value,
    tests.corrected_p,
    tests.is_improved,
    tests.policy_version,
    run.as_of
from tests
inner join spine
    on
        tests.entity_key = spine.entity_key
        and tests.period_key = spine.period_key
cross join run
