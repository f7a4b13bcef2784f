-- Cells of ratios of requests or minutes, with what their days say of the spread: how far the ratio moves (millionths)
-- when a day is left out. Squares are summed as decimals: no order of rows changes them.
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
        catalogue.interval_method = 'jackknife'
        and parts.exclusion_reason is null
        and parts.denominator > 0

),

period_days as (

    select * from {{ ref('int_period_days') }}

),

entity_days as (

    {{ statistics_entity_rows(
        'parts', 'day_on, metric_id, dimension, dimension_value, numerator, denominator', level='level'
    ) }}

),

daily as (

    select
        entity_key,
        day_on,
        metric_id,
        dimension,
        dimension_value,
        sum(numerator) as numerator,
        sum(denominator) as denominator
    from entity_days
    group by entity_key, day_on, metric_id, dimension, dimension_value

),

placed as (

    select
        daily.entity_key,
        period_days.period_key,
        daily.metric_id,
        daily.dimension,
        daily.dimension_value,
        cast(daily.numerator as double) as day_numerator,
        cast(daily.denominator as double) as day_denominator,
        cast(sum(daily.numerator) over (
            partition by
                daily.entity_key, period_days.period_key, daily.metric_id, daily.dimension, daily.dimension_value
        ) as double) as numerator,
        cast(sum(daily.denominator) over (
            partition by
                daily.entity_key, period_days.period_key, daily.metric_id, daily.dimension, daily.dimension_value
        ) as double) as denominator
    from daily
    inner join period_days
        on daily.day_on = period_days.day_on

),

moved as (

    select
        entity_key,
        period_key,
        metric_id,
        dimension,
        dimension_value,
        (numerator / denominator * day_denominator - day_numerator)
        / nullif(denominator - day_denominator, 0e0) * 1e6 as shift
    from placed

)

select
    entity_key,
    period_key,
    metric_id,
    dimension,
    dimension_value,
    cast(count(*) as bigint) as days,
    cast(sum(cast(shift as decimal(38, 18))) as double) as shifts,
    cast(sum(cast(shift * shift as decimal(38, 18))) as double) as squared_shifts
from moved
group by entity_key, period_key, metric_id, dimension, dimension_value
