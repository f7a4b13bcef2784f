-- The cells of both sides of every comparison: those of the baseline, and those that are new.
{{ config(materialized='table') }}

with

comparisons as (select * from {{ ref('int_award_comparisons') }}),

quarters as (

    select * from {{ ref('int_award_quarters') }}
    where member_key is not null

),

catalogue as (select * from {{ ref('metric_catalogue') }}),

cells as (

    select * from {{ ref('int_cells') }}
    where dimension is null and status in ('ok', 'provisional')

),

sides as (

    select
        comparisons.comparison_key,
        quarters.member_key as cell_key,
        true as is_new
    from comparisons
    inner join quarters
        on
            comparisons.entity_key = quarters.entity_key
            and comparisons.period_key = quarters.period_key
            and coalesce(comparisons.member_key, quarters.member_key) = quarters.member_key

    union all

    select
        comparisons.comparison_key,
        baseline.period_key as cell_key,
        false as is_new
    from comparisons
    cross join {{ ref('int_baseline_quarters') }} as baseline

)

select
    sides.comparison_key,
    comparisons.entity_key,
    comparisons.metric_id,
    sides.cell_key as period_key,
    sides.is_new,
    catalogue.interval_method,
    catalogue.better,
    cells.value,
    cells.low,
    cells.high,
    cells.denominator
from sides
inner join comparisons
    on sides.comparison_key = comparisons.comparison_key
inner join catalogue
    on comparisons.metric_id = catalogue.metric_id
inner join cells
    on
        comparisons.entity_key = cells.entity_key
        and comparisons.metric_id = cells.metric_id
        and sides.cell_key = cells.period_key
