-- Local days with their real length: whole weeks, months and quarters around the reporting calendar.
{{ config(materialized='table') }}

with

bounds as (

    select * from {{ ref('int_calendar_bounds') }}

),

extent as (

    select
        time_zone,
        least(
            {{ dates_period_start('week', 'first_on') }},
            {{ dates_period_start('quarter', 'first_on') }}
        ) as first_on,
        greatest(
            {{ dates_period_start('week', 'last_on') }} + 7,
            {{ dates_plus_months(dates_period_start('quarter', 'last_on'), 3) }}
        ) as end_on
    from bounds

),

days as (

    select
        time_zone,
        {{ dates_unnest_days('first_on', 'end_on') }} as day_on
    from extent

),

zoned as (

    select
        day_on,
        {{ dates_day_start('day_on', 'time_zone') }} as starts_at
    from days

),

bounded as (

    select
        day_on,
        starts_at,
        lead(starts_at) over (order by day_on nulls last) as ends_at
    from zoned

)

select
    day_on,
    {{ dates_period_start('week', 'day_on') }} as week_start_on,
    {{ dates_period_start('month', 'day_on') }} as month_start_on,
    {{ dates_period_start('quarter', 'day_on') }} as quarter_start_on,
    starts_at,
    ends_at
from bounded
where ends_at is not null
