-- Ratios of countable events, with Wilson limits.
with

cells as (

    select * from {{ ref('int_cell_counts') }}

    where interval_method = 'wilson'

),

doubles as (

    select
        *,
        cast(numerator as double) as successes,
        cast(denominator as double) as trials
    from cells

)

select
    entity_key,
    period_key,
    metric_id,
    dimension,
    dimension_value,
    is_covered,
    excluded,
    immature,
    minimum_n,
    successes as numerator,
    trials as denominator,
    denominator as n,
    cast(0 as bigint) as censored,
    successes / nullif(trials, 0e0) as value,
    {{ statistics_wilson_low('successes', 'trials') }} as low,
    {{ statistics_wilson_high('successes', 'trials') }} as high
from doubles
