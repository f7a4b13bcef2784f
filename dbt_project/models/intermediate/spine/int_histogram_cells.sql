-- Requests behind the percentiles of an entity and period: how many, how many below the last bound, on how many days.
{{ config(materialized='table') }}

with

days as (

    select * from {{ ref('int_histogram_days') }}

),

period_days as (

    select * from {{ ref('int_period_days') }}

)

select
    days.entity_key,
    period_days.period_key,
    days.metric_id,
    days.dimension,
    days.dimension_value,
    cast(sum(days.requests) as bigint) as requests,
    cast(sum(case when days.upper_bound_ms is not null then days.requests else 0 end) as bigint) as bounded,
    cast(count(distinct days.day_on) as bigint) as days
from days
inner join period_days
    on days.day_on = period_days.day_on
group by days.entity_key, period_days.period_key, days.metric_id, days.dimension, days.dimension_value
