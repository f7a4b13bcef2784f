-- Duration cells that have enough clocks to say anything, and the curve that each rests on. A split that holds every
-- clock of its cell has the cell's own curve, which is worked out once.
{{ config(materialized='table') }}

with

catalogue as (

    select * from {{ ref('metric_catalogue') }}

    where interval_method = 'kaplan_meier'

),

parts as (

    select * from {{ ref('int_period_parts') }}

    where exclusion_reason is null

),

cells as (

    select
        parts.entity_key,
        parts.period_key,
        parts.metric_id,
        parts.dimension,
        parts.dimension_value,
        max(case when parts.dimension is null then parts.denominator end) over (
            partition by parts.entity_key, parts.period_key, parts.metric_id
        ) > parts.denominator as is_subset
    from parts
    inner join catalogue
        on parts.metric_id = catalogue.metric_id
    where
        parts.denominator >= catalogue.minimum_n
        and coalesce(parts.dimension, '') <> 'statistic'

),

curves as (

    select
        *,
        case when is_subset then dimension end as curve_dimension,
        case when is_subset then dimension_value end as curve_dimension_value
    from cells

)

select
    cast(
        dense_rank() over (
            order by
                metric_id nulls last,
                curve_dimension nulls first,
                curve_dimension_value nulls first,
                entity_key nulls last,
                period_key nulls last
        ) as bigint
    ) as curve_key,
    entity_key,
    period_key,
    metric_id,
    dimension,
    dimension_value,
    curve_dimension,
    curve_dimension_value
from curves
