-- Each local day with the week, month and quarter that it belongs to.
{{ config(materialized='table') }}

with

days as (

    select * from {{ ref('int_calendar_days') }}

),

periods as (

    select * from {{ ref('int_periods') }}

)

select
    days.day_on,
    periods.period_key,
    periods.period_end_on
from days
inner join periods
    on
        case periods.period_type
            when 'week' then days.week_start_on
            when 'month' then days.month_start_on
            else days.quarter_start_on
        end = periods.period_start_on
