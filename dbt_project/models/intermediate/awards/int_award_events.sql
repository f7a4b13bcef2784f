-- Events and exposure of rates on both sides of every comparison, and the greatest dispersion of its quarters.
with

cells as (

    select * from {{ ref('int_award_cells') }}
    where interval_method = 'poisson'

),

rates as (

    select * from {{ ref('int_rate_exposures') }}
    where not of_dimension

),

counts as (

    select * from {{ ref('int_cell_counts') }}
    where dimension is null

),

exposures as (select * from {{ ref('int_exposure_periods') }}),

dispersions as (

    select * from {{ ref('int_rate_cells') }}
    where dimension is null

),

parts as (

    select
        cells.comparison_key,
        cells.is_new,
        cells.better,
        counts.numerator as events,
        exposures.exposed_microseconds,
        {{ statistics_dispersion(
            'cast(counts.numerator as double)',
            'cast(exposures.exposed_microseconds as double) / 1e6',
            'coalesce(dispersions.squares_per_second, 0e0)',
            'cast(coalesce(dispersions.exposed_events, 0) as double)',
            'exposures.exposed_days'
        ) }} as dispersion
    from cells
    inner join rates
        on cells.metric_id = rates.metric_id
    inner join counts
        on
            cells.entity_key = counts.entity_key
            and cells.period_key = counts.period_key
            and cells.metric_id = counts.metric_id
    inner join exposures
        on
            cells.entity_key = exposures.entity_key
            and cells.period_key = exposures.period_key
            and rates.kind = exposures.kind
    left join dispersions
        on
            cells.entity_key = dispersions.entity_key
            and cells.period_key = dispersions.period_key
            and cells.metric_id = dispersions.metric_id

)

select
    comparison_key,
    better,
    max(dispersion) as dispersion,
    cast(sum(case when is_new then events else 0 end) as bigint) as new_events,
    cast(sum(case when is_new then 0 else events end) as bigint) as old_events,
    cast(sum(case when is_new then exposed_microseconds else 0 end) as bigint) as new_exposure,
    cast(sum(case when is_new then 0 else exposed_microseconds end) as bigint) as old_exposure
from parts
group by comparison_key, better
