-- The worst objective of every entity and period, beside the budget of them all: a whole that is well hides one that is
-- not. Of those with too few days one is shown only if there is no other.
with

objectives as (

    select * from {{ ref('int_jackknife_values') }}

    where metric_id = 'error_budget_remaining' and dimension = 'slo'

),

ranked as (

    select
        *,
        row_number() over (
            partition by entity_key, period_key, metric_id
            order by
                case when n >= minimum_n then 0 else 1 end nulls last, value nulls last, dimension_value nulls last
        ) as place
    from objectives

)

select
    entity_key,
    period_key,
    metric_id,
    'statistic' as dimension,
    'worst_objective' as dimension_value,
    is_covered,
    excluded,
    immature,
    minimum_n,
    numerator,
    denominator,
    n,
    censored,
    value,
    low,
    high
from ranked
where place = 1
