-- Ratios of requests or minutes, with limits from leaving out one day after another: what happens within a day hangs
-- together, so that millions of requests are no millions of trials. n is days that had any.
with

cells as (

    select * from {{ ref('int_cell_counts') }}

    where interval_method = 'jackknife'

),

spreads as (

    select * from {{ ref('int_jackknife_cells') }}

),

quantiles as (

    select * from {{ ref('student_quantiles') }}

),

measured as (

    select
        cells.*,
        spreads.days,
        cast(cells.numerator as double) / nullif(cast(cells.denominator as double), 0e0) as ratio,
        quantiles.quantile * {{ statistics_jackknife_error(
            'spreads.days', 'spreads.shifts', 'spreads.squared_shifts'
        ) }} / 1e6 as half
    from cells
    left join spreads
        on
            cells.entity_key = spreads.entity_key
            and cells.period_key = spreads.period_key
            and cells.metric_id = spreads.metric_id
            and cells.dimension is not distinct from spreads.dimension
            and cells.dimension_value is not distinct from spreads.dimension_value
    left join quantiles
        on spreads.days - 1 = quantiles.degrees

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
    cast(numerator as double) as numerator,
    cast(denominator as double) as denominator,
    coalesce(days, 0) as n,
    cast(0 as bigint) as censored,
    ratio as value,
    case when half is not null then greatest(0e0, ratio - half) end as low,
    case when half is not null then least(1e0, ratio + half) end as high
from measured
