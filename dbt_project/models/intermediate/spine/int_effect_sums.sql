-- What automation did for all classes of a cell together: sum n max(0, r - s) / sum n, and the same for the classes
-- that are compared with alerts left alone (net) and for those that are not (gross). Limits by Zou and Donner (2008).
-- The lower one is that of sum n (r - s): chance lifts some of many classes without any effect above 0, and would be
-- counted as an effect if the others were not held against it. Summed as decimals: no order of rows changes them.
{{ config(materialized='table') }}

with

classes as (

    select * from {{ ref('int_effect_classes') }}

    where denominator > 0

),

scoped as (

    select
        *,
        cast(null as string) as effect
    from classes

    union all

    select
        *,
        case when is_gross then 'gross' else 'net' end as effect
    from classes

),

sums as (

    select
        entity_key,
        period_key,
        metric_id,
        effect,
        max(case when is_covered then 1 else 0 end) = 1 as is_covered,
        max(case when is_gross then 1 else 0 end) = 1 as is_gross,
        cast(sum(excluded) as bigint) as excluded,
        cast(sum(immature) as bigint) as immature,
        max(minimum_n) as minimum_n,
        cast(sum(numerator) as bigint) as numerator,
        cast(sum(denominator) as bigint) as denominator,
        cast(sum(cast(denominator * greatest(0e0, difference) as decimal(38, 18))) as double) as effects,
        cast(sum(cast(denominator * difference as decimal(38, 18))) as double) as differences,
        cast(sum(cast(
            power(denominator * (difference - low), 2) as decimal(38, 18)
        )) as double) as squares_below,
        cast(sum(cast(
            power(denominator * (greatest(0e0, high) - greatest(0e0, difference)), 2) as decimal(38, 18)
        )) as double) as squares_above
    from scoped
    group by entity_key, period_key, metric_id, effect

)

select
    *,
    effects / denominator as value,
    greatest(0e0, (differences - sqrt(squares_below)) / denominator) as low,
    least(1e0, (effects + sqrt(squares_above)) / denominator) as high
from sums
