-- ISO weeks, months and quarters of the reporting calendar. A period is closed when the clock has passed its end.
{{ config(materialized='table') }}

with

bounds as (

    select * from {{ ref('int_calendar_bounds') }}

),

days as (

    select * from {{ ref('int_calendar_days') }}

),

days_by_period as (

    {% for period_type in ['week', 'month', 'quarter'] %}
    select
        '{{ period_type }}' as period_type,
        {{ period_type }}_start_on as period_start_on,
        day_on,
        starts_at,
        ends_at
    from days
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

periods as (

    select
        period_type,
        period_start_on,
        max(day_on) as period_end_on,
        min(starts_at) as starts_at,
        max(ends_at) as ends_at
    from days_by_period
    group by period_type, period_start_on

)

select
    cast(
        row_number() over (order by periods.period_type nulls last, periods.period_start_on nulls last) as bigint
    ) as period_key,
    periods.period_type,
    periods.period_start_on,
    periods.period_end_on,
    periods.starts_at,
    periods.ends_at,
    periods.ends_at <= bounds.as_of as is_closed
from periods
inner join bounds
    on
        periods.period_end_on >= bounds.first_on
        and periods.period_start_on <= bounds.last_on
