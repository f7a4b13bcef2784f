-- What is neither a share of events, a rate nor a duration, against the baseline: quarters weighted by their
-- denominators, so that a ratio of sums stays one; the error of each from its published limits, the wider side; and a
-- normal test of the difference. Without limits, or without any spread, nothing is tested. Sums are of shares of the
-- widest error, as decimals: no order of rows changes them.
with

cells as (

    select
        *,
        greatest(value - low, high - value) / {{ statistics_z() }} as error
    from {{ ref('int_award_cells') }}
    where interval_method not in ('wilson', 'poisson', 'kaplan_meier')

),

scaled as (

    select
        *,
        denominator / cast(
            sum(cast(denominator as decimal(38, 6))) over (partition by comparison_key, is_new) as double
        ) as part,
        max(error) over (partition by comparison_key) as widest,
        min(case when low is null or high is null or denominator <= 0e0 then 0 else 1 end)
            over (partition by comparison_key) as is_whole
    from cells

),

summed as (

    select
        comparison_key,
        better,
        cast(sum(cast(
            case when is_new then 1e0 else -1e0 end * part * value / widest as decimal(38, 18)
        )) as double) as difference,
        cast(sum(cast(part * part * error / widest * error / widest as decimal(38, 18))) as double) as variance
    from scaled
    where is_whole = 1 and widest > 0e0
    group by comparison_key, better

),

tested as (

    select
        comparison_key,
        case better when 'up' then 1e0 else -1e0 end * difference / sqrt(variance) as z
    from summed

)

select
    comparison_key,
    z > 0e0 as is_better,
    {{ statistics_normal_tail('z') }} as p_value
from tested
