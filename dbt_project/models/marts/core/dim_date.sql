-- The days of the reporting calendar, for joins in BI: local days with their real length.
with

days as (

    select * from {{ ref('int_calendar_days') }}

),

bounds as (

    select * from {{ ref('int_calendar_bounds') }}

)

select
    days.day_on,
    days.week_start_on,
    days.month_start_on,
    days.quarter_start_on,
    cast(extract(year from days.day_on) as bigint) as calendar_year,
    cast(extract(week from days.day_on) as bigint) as iso_week_number,
    days.starts_at,
    days.ends_at,
    cast({{ microseconds_between('days.starts_at', 'days.ends_at') }} as double) / 3.6e9 as length_hours,
    days.ends_at <= bounds.as_of as is_closed
from days
cross join bounds
