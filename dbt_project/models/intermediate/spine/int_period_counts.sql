-- Counts of every entity and period that has any: parts without their reasons. What is not covered makes no cell and
-- no status: it is in `exclusions` alone.
with

parts as (

    select * from {{ ref('int_period_parts') }}

    where exclusion_reason is distinct from 'not_covered'

)

select
    entity_key,
    period_key,
    metric_id,
    dimension,
    dimension_value,
    cast(sum(numerator) as bigint) as numerator,
    cast(sum(denominator) as bigint) as denominator,
    cast(sum(excluded) as bigint) as excluded,
    cast(sum(case when exclusion_reason = 'immature' then excluded else 0 end) as bigint) as immature
from parts
group by entity_key, period_key, metric_id, dimension, dimension_value
