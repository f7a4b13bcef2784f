-- Duration cells that have enough clocks to say anything: the survival curves are worked out for these only.
{{ config(materialized='table') }}

with

catalogue as (

    select * from {{ ref('metric_catalogue') }} where interval_method = 'kaplan_meier'

),

parts as (

    select * from {{ ref('int_period_parts') }} where exclusion_reason is null

)

select
    cast(
        row_number() over (
            order by
                parts.metric_id,
                parts.dimension nulls first,
                parts.dimension_value nulls first,
                parts.entity_key,
                parts.period_key
        ) as bigint
    ) as cell_key,
    parts.entity_key,
    parts.period_key,
    parts.metric_id,
    parts.dimension,
    parts.dimension_value
from parts
inner join catalogue
    on parts.metric_id = catalogue.metric_id
where
    parts.denominator >= catalogue.minimum_n
    and coalesce(parts.dimension, '') <> 'statistic'
