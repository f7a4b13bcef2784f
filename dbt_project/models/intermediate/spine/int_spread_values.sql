-- Predictability: 1 - min(1, interquartile range / median) of the cell's lead times. Its limits take the three
-- quartiles at the ends of theirs, so they are wide rather than narrow.
with

cells as (

    select * from {{ ref('int_cell_counts') }}

    where interval_method = 'quartiles'

),

clock_cells as (

    select * from {{ ref('int_clock_cells') }}

    where metric_id = 'lead_time'

),

survival as (

    select * from {{ ref('int_survival_times') }}

),

quartiles as (

    select
        cells.*,
        survival.q25,
        survival.q25_low,
        survival.q25_high,
        survival.q75,
        survival.q75_low,
        survival.q75_high,
        nullif(survival.median, 0e0) as middle,
        nullif(survival.median_low, 0e0) as middle_low,
        survival.median_high as middle_high
    from cells
    left join clock_cells
        on
            cells.entity_key = clock_cells.entity_key
            and cells.period_key = clock_cells.period_key
            and clock_cells.dimension is null
    left join survival
        on clock_cells.curve_key = survival.curve_key

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
    denominator as n,
    denominator - numerator as censored,
    case
        when q75 is not null and middle is not null
            then 1e0 - least(1e0, (q75 - q25) / middle)
    end as value,
    case
        when q75 is not null and middle is not null
            then 1e0 - least(1e0, coalesce((q75_high - q25_low) / middle_low, 1e0))
    end as low,
    case
        when q75 is not null and middle is not null
            then 1e0 - least(1e0, greatest(0e0, coalesce((q75_low - q25_high) / middle_high, 0e0)))
    end as high
from quartiles
