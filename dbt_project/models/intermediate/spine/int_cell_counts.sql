-- The cells that exist, with their counts: one per spine cell, one per split that has anything in it, and for each
-- duration cell that has anything in it its further statistics, which are judged by the cell's own exclusions.
{{ config(materialized='table') }}

with

spine as (

    select * from {{ ref('int_spine') }}

),

catalogue as (

    select * from {{ ref('metric_catalogue') }}

),

counts as (

    select * from {{ ref('int_period_counts') }}

),

whole_cells as (

    select
        spine.entity_key,
        spine.period_key,
        spine.metric_id,
        catalogue.interval_method,
        catalogue.minimum_n,
        cast(null as string) as dimension,
        cast(null as string) as dimension_value,
        spine.is_covered,
        coalesce(counts.numerator, 0) as numerator,
        coalesce(counts.denominator, 0) as denominator,
        coalesce(counts.excluded, 0) as excluded,
        coalesce(counts.immature, 0) as immature
    from spine
    inner join catalogue
        on spine.metric_id = catalogue.metric_id
    left join counts
        on
            spine.entity_key = counts.entity_key
            and spine.period_key = counts.period_key
            and spine.metric_id = counts.metric_id
            and counts.dimension is null

),

split_cells as (

    select
        spine.entity_key,
        spine.period_key,
        spine.metric_id,
        catalogue.interval_method,
        catalogue.minimum_n,
        counts.dimension,
        counts.dimension_value,
        spine.is_dimension_covered as is_covered,
        counts.numerator,
        counts.denominator,
        counts.excluded,
        counts.immature
    from spine
    inner join catalogue
        on spine.metric_id = catalogue.metric_id
    inner join counts
        on
            spine.entity_key = counts.entity_key
            and spine.period_key = counts.period_key
            and spine.metric_id = counts.metric_id
    where counts.dimension <> 'statistic'

),

statistics as (

    select 'p90' as statistic
    union all
    select 'geometric_mean' as statistic
    union all
    select 'longest_observed' as statistic

),

statistic_cells as (

    select
        whole_cells.entity_key,
        whole_cells.period_key,
        whole_cells.metric_id,
        whole_cells.interval_method,
        whole_cells.minimum_n,
        'statistic' as dimension,
        statistics.statistic as dimension_value,
        whole_cells.is_covered,
        case statistics.statistic
            when 'geometric_mean' then coalesce(counts.numerator, 0) else whole_cells.numerator
        end as numerator,
        case statistics.statistic
            when 'geometric_mean' then coalesce(counts.denominator, 0) else whole_cells.denominator
        end as denominator,
        whole_cells.excluded,
        whole_cells.immature
    from whole_cells
    cross join statistics
    left join counts
        on
            whole_cells.entity_key = counts.entity_key
            and whole_cells.period_key = counts.period_key
            and whole_cells.metric_id = counts.metric_id
            and statistics.statistic = counts.dimension_value
    where
        whole_cells.interval_method = 'kaplan_meier'
        and whole_cells.denominator + whole_cells.excluded > 0

)

select * from whole_cells
union all
select * from split_cells
union all
select * from statistic_cells
