-- Exposure by period, and the number of days that have any: real microseconds, added up.
{{ config(materialized='table') }}

with

exposure_days as (

    select * from {{ ref('int_exposure_days') }}

),

period_days as (

    select * from {{ ref('int_period_days') }}

)

select
    exposure_days.entity_key,
    exposure_days.kind,
    period_days.period_key,
    cast(sum(exposure_days.exposed_microseconds) as bigint) as exposed_microseconds,
    cast(count(*) as bigint) as exposed_days
from exposure_days
inner join period_days
    on exposure_days.day_on = period_days.day_on
where exposure_days.exposed_microseconds > 0
group by exposure_days.entity_key, exposure_days.kind, period_days.period_key
