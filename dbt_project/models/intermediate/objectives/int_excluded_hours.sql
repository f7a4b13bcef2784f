-- Hours into which agreed windows of an objective reach: those that name it, and those that name no objective but the
-- service that it is about when the hour begins. Windows that touch are one, and are not cut to the hour.
{{ config(materialized='table') }}

with

run as (

    select * from {{ source('landing', 'run') }}

),

exclusions as (

    select * from {{ ref('fct_slo_exclusions') }}

    where is_valid

),

slos as (

    select * from {{ ref('int_slos') }}

),

promised as (

    select distinct
        slo_id,
        service_id
    from slos

),

agreed as (

    select
        promised.slo_id,
        promised.service_id,
        exclusions.starts_at,
        exclusions.ends_at
    from exclusions
    inner join promised
        on
            coalesce(exclusions.slo_id, promised.slo_id) = promised.slo_id
            and (exclusions.slo_id is not null or exclusions.service_id = promised.service_id)

),

windows as (

    {{ stretches_united('agreed', 'slo_id, service_id') }}

),

window_days as (

    select
        windows.*,
        {{ dates_unnest_days('cast(windows.starts_at as date)', 'cast(least(windows.ends_at, run.as_of) as date)') }}
            as day_on
    from windows
    cross join run

),

clock as (

    {% for hour in range(24) %}
    select {{ hour }} as hours
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

hours as (

    select
        window_days.*,
        {{ plus_hours('cast(window_days.day_on as timestamp)', 'clock.hours') }} as hour_at
    from window_days
    cross join clock

)

select
    hours.slo_id,
    hours.hour_at,
    hours.starts_at,
    hours.ends_at
from hours
inner join slos
    on
        hours.slo_id = slos.slo_id
        and hours.service_id = slos.service_id
        and hours.hour_at >= slos.in_force_from
        and coalesce(hours.hour_at < slos.in_force_to, true)
where
    hours.ends_at > hours.hour_at
    and hours.starts_at < {{ plus_hours('hours.hour_at', 1) }}
