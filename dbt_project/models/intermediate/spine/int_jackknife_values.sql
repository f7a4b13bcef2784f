-- Ratios of requests or minutes, with limits from leaving out one day after another: what happens within a day hangs
-- together, so that millions of requests are no millions of trials. n is days that had any. What is no share (a budget
-- may be overspent) has open limits. Where it is not known of some whether they are in the numerator, they are not, and
-- the upper limit says that they may be.
with

cells as (

    select * from {{ ref('int_cell_counts') }}

    where interval_method in ('jackknife', 'jackknife_open')

),

spreads as (

    select * from {{ ref('int_jackknife_cells') }}

),

quantiles as (

    select * from {{ ref('student_quantiles') }}

),

catalogue as (

    select * from {{ ref('metric_catalogue') }}

),

measured as (

    select
        cells.*,
        spreads.days,
        coalesce(catalogue.part_scale, 1e0) as part_scale,
        cast(spreads.unsure as double) / nullif(cast(cells.denominator as double), 0e0) as unsure_share,
        cast(cells.numerator as double) / nullif(cast(cells.denominator as double), 0e0) as ratio,
        quantiles.quantile * {{ statistics_jackknife_error(
            'spreads.days', 'spreads.shifts', 'spreads.squared_shifts'
        ) }} / {{ statistics_jackknife_scale('cells.interval_method') }} as half
    from cells
    inner join catalogue
        on cells.metric_id = catalogue.metric_id
    left join spreads
        on
            cells.entity_key = spreads.entity_key
            and cells.period_key = spreads.period_key
            and cells.metric_id = spreads.metric_id
            and cells.dimension is not distinct from spreads.dimension
            and cells.dimension_value is not distinct from spreads.dimension_value
    left join quantiles
        on least(spreads.days - 1, 100) = quantiles.degrees

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
    cast(numerator as double) / part_scale as numerator,
    cast(denominator as double) / part_scale as denominator,
    coalesce(days, 0) as n,
    cast(0 as bigint) as censored,
    ratio as value,
    case
        when half is not null and interval_method = 'jackknife' then greatest(0e0, ratio - half) else ratio - half
    end as low,
    case
        when half is not null and interval_method = 'jackknife' and ratio <= 1e0
            then least(1e0, ratio + half + coalesce(unsure_share, 0e0))
        else ratio + half
    end as high
from measured
