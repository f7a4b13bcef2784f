-- Durations: Kaplan-Meier medians of cells and splits; of whole cells also the 90th percentile, the geometric mean and
-- the longest clock, as values of the dimension `statistic`. Each in the unit of its metric.
with

counts as (

    select * from {{ ref('int_cell_counts') }}

    where interval_method = 'kaplan_meier'

),

catalogue as (

    select * from {{ ref('metric_catalogue') }}

),

clock_cells as (

    select * from {{ ref('int_clock_cells') }}

),

survival as (

    select * from {{ ref('int_survival_times') }}

),

means as (

    select * from {{ ref('int_log_means') }}

),

cells as (

    select
        counts.*,
        coalesce(case when counts.dimension = 'statistic' then counts.dimension_value end, 'median') as statistic,
        clock_cells.curve_key,
        {{ statistics_unit_microseconds('catalogue.unit') }} as unit_microseconds
    from counts
    inner join catalogue
        on counts.metric_id = catalogue.metric_id
    left join clock_cells
        on
            counts.entity_key = clock_cells.entity_key
            and counts.period_key = clock_cells.period_key
            and counts.metric_id = clock_cells.metric_id
            and clock_cells.dimension is not distinct from
            case when counts.dimension <> 'statistic' then counts.dimension end
            and clock_cells.dimension_value is not distinct from
            case when counts.dimension <> 'statistic' then counts.dimension_value end

)

select
    cells.entity_key,
    cells.period_key,
    cells.metric_id,
    cells.dimension,
    cells.dimension_value,
    cells.is_covered,
    cells.excluded,
    cells.immature,
    cells.minimum_n,
    cast(cells.numerator as double) as numerator,
    cast(cells.denominator as double) as denominator,
    cells.denominator as n,
    cells.denominator - cells.numerator as censored,
    case cells.statistic
        when 'median' then survival.median / cells.unit_microseconds
        when 'p90' then survival.p90 / cells.unit_microseconds
        when 'geometric_mean' then means.geometric_mean_minutes * (6e7 / cells.unit_microseconds)
        when 'longest_observed' then means.longest / cells.unit_microseconds
    end as value,
    case cells.statistic
        when 'median' then survival.median_low / cells.unit_microseconds
        when 'p90' then survival.p90_low / cells.unit_microseconds
        when 'geometric_mean' then means.geometric_mean_low_minutes * (6e7 / cells.unit_microseconds)
    end as low,
    case cells.statistic
        when 'median' then survival.median_high / cells.unit_microseconds
        when 'p90' then survival.p90_high / cells.unit_microseconds
        when 'geometric_mean' then means.geometric_mean_high_minutes * (6e7 / cells.unit_microseconds)
    end as high
from cells
left join survival
    on cells.curve_key = survival.curve_key
left join means
    on cells.curve_key = means.curve_key
