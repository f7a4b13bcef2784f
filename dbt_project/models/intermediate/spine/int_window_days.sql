-- Each local day with the periods that it counts for: those that hold it (a window of 0), and for every rolling window
-- those whose end is less than so many days away. A period that is not over ends with the day of the clock.
{{ config(materialized='table') }}

with

bounds as (

    select * from {{ ref('int_calendar_bounds') }}

),

days as (

    select
        day_on,
        cast(row_number() over (order by day_on nulls last) as bigint) as day_number
    from {{ ref('int_calendar_days') }}

),

ends as (

    select
        periods.period_key,
        periods.period_end_on,
        days.day_number
    from {{ ref('int_periods') }} as periods
    cross join bounds
    inner join days
        on days.day_on = least(periods.period_end_on, bounds.last_on)

),

windows as (

    select distinct window_days from {{ ref('int_slos') }}

    where window_days is not null

),

period_days as (

    select * from {{ ref('int_period_days') }}

)

select
    day_on,
    cast(0 as bigint) as window_days,
    period_key,
    period_end_on
from period_days

union all

select
    days.day_on,
    windows.window_days,
    ends.period_key,
    ends.period_end_on
from ends
cross join windows
inner join days
    on
        ends.day_number >= days.day_number
        and ends.day_number - windows.window_days < days.day_number
