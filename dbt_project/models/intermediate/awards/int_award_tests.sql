-- Every scored metric of an award's quarters: in how many it is better than the baseline, the p-value of all of them
-- together, and the same corrected for the number of scored metrics and the four quarters of a year (Holm 1979), so
-- that the policy's level is that of a team's year. What could not be tested, and the other quarters, count as tests
-- that proved nothing.
{{ config(materialized='table') }}

with

quarters as (

    select distinct
        entity_key,
        period_key,
        policy_version,
        alpha,
        quarters
    from {{ ref('int_award_quarters') }}

),

scored as (

    select
        policy_version,
        metric_id,
        count(*) over (partition by policy_version) as metrics
    from {{ ref('stg_organisation__policy') }}
    where phase = 'scored'
    group by policy_version, metric_id

),

comparisons as (select * from {{ ref('int_award_comparisons') }}),

results as (

    {% for family in ['ratios', 'rates', 'durations', 'values'] %}
    select
        comparison_key,
        is_better,
        p_value
    from {{ ref('int_award_' ~ family) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

compared as (

    select
        comparisons.entity_key,
        comparisons.period_key,
        comparisons.metric_id,
        cast(count(case when comparisons.member_key is not null and results.is_better then 1 end) as bigint)
            as quarters_better,
        max(case when comparisons.member_key is null then results.p_value end) as p_value
    from comparisons
    inner join results
        on comparisons.comparison_key = results.comparison_key
    group by comparisons.entity_key, comparisons.period_key, comparisons.metric_id

),

ranked as (

    select
        quarters.entity_key,
        quarters.period_key,
        quarters.policy_version,
        quarters.alpha,
        quarters.quarters,
        scored.metric_id,
        scored.metrics,
        compared.quarters_better,
        compared.p_value,
        row_number() over (
            partition by quarters.entity_key, quarters.period_key
            order by compared.p_value nulls last, scored.metric_id nulls last
        ) as place
    from quarters
    inner join scored
        on quarters.policy_version = scored.policy_version
    left join compared
        on
            quarters.entity_key = compared.entity_key
            and quarters.period_key = compared.period_key
            and scored.metric_id = compared.metric_id

),

corrected as (

    select
        *,
        case
            when p_value is not null
                then least(1e0, max(p_value * cast(4 * metrics - place + 1 as double)) over (
                    partition by entity_key, period_key order by place nulls last
                    rows between unbounded preceding and current row
                ))
        end as corrected_p
    from ranked

)

select
    entity_key,
    period_key,
    policy_version,
    metric_id,
    quarters,
    cast(metrics as bigint) as metrics,
    quarters_better,
    p_value,
    corrected_p,
    coalesce(quarters_better = quarters and corrected_p < alpha, false) as is_improved
from corrected
