-- Cells of ratios of requests or minutes, with what their days say of the spread: how far the ratio moves (millionths
-- of a share, thousandths of what is none) when a day is left out. Squares are summed as decimals: no order of rows
-- changes them.
{{ config(materialized='table') }}

with

entities as (

    select * from {{ ref('int_entities') }}

),

catalogue as (

    select * from {{ ref('metric_catalogue') }}

),

parts as (

    select parts.*
    from {{ ref('int_metric_parts') }} as parts
    inner join catalogue
        on parts.metric_id = catalogue.metric_id
    where
        catalogue.interval_method in ('jackknife', 'jackknife_open')
        and parts.exclusion_reason is null
        and parts.denominator > 0

),

window_days as (

    select * from {{ ref('int_window_days') }}

),

entity_days as (

    {{ statistics_entity_rows(
        'parts', 'day_on, window_days, metric_id, dimension, dimension_value, numerator, denominator, unsure',
        level='level'
    ) }}

),

daily as (

    select
        entity_key,
        day_on,
        window_days,
        metric_id,
        dimension,
        dimension_value,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        sum(unsure) as unsure
    from entity_days
    group by entity_key, day_on, window_days, metric_id, dimension, dimension_value

),

blocks as (

    select
        daily.entity_key,
        window_days.period_key,
        daily.day_on,
        daily.metric_id,
        daily.dimension,
        daily.dimension_value,
        sum(daily.numerator) as numerator,
        sum(daily.denominator) as denominator,
        sum(daily.unsure) as unsure
    from daily
    inner join window_days
        on
            daily.day_on = window_days.day_on
            and daily.window_days = window_days.window_days
    group by
        daily.entity_key, window_days.period_key, daily.day_on, daily.metric_id, daily.dimension, daily.dimension_value

),

placed as (

    select
        blocks.entity_key,
        blocks.period_key,
        blocks.metric_id,
        blocks.dimension,
        blocks.dimension_value,
        blocks.unsure,
        {{ statistics_jackknife_scale('catalogue.interval_method') }} as scale,
        cast(blocks.numerator as double) as day_numerator,
        cast(blocks.denominator as double) as day_denominator,
        cast(sum(blocks.numerator) over (
            partition by
                blocks.entity_key, blocks.period_key, blocks.metric_id, blocks.dimension, blocks.dimension_value
        ) as double) as numerator,
        cast(sum(blocks.denominator) over (
            partition by
                blocks.entity_key, blocks.period_key, blocks.metric_id, blocks.dimension, blocks.dimension_value
        ) as double) as denominator
    from blocks
    inner join catalogue
        on blocks.metric_id = catalogue.metric_id

),

moved as (

    select
        entity_key,
        period_key,
        metric_id,
        dimension,
        dimension_value,
        unsure,
        (numerator / denominator * day_denominator - day_numerator)
        / nullif(denominator - day_denominator, 0e0) * scale as shift
    from placed

)

select
    entity_key,
    period_key,
    metric_id,
    dimension,
    dimension_value,
    cast(count(*) as bigint) as days,
    cast(sum(unsure) as bigint) as unsure,
    cast(sum(cast(shift as decimal(38, 18))) as double) as shifts,
    cast(sum(cast(shift * shift as decimal(38, 18))) as double) as squared_shifts
from moved
group by entity_key, period_key, metric_id, dimension, dimension_value
