-- Days (UTC, counted from 1970) in which intervals of measuring end, and the state of all that their burn windows are
-- summed from: hours whose intervals end in the day or in the three before, which is as far as a window reaches, and
-- the objectives.
{{ config(materialized='table') }}

with

hours as (select * from {{ ref('int_burn_hours') }}),

slos as (
    select * from {{ ref('int_slos') }}
    where window_days is not null
),

promises as (
    select
        concat_ws(
            '/', slo_id, coalesce(service_id, ''), budgeting, cast(objective_millionths as string),
            coalesce(cast(slice_millionths as string), ''), cast(window_days as string),
            coalesce(cast(in_force_from as string), ''), coalesce(cast(in_force_to as string), '')
        ) as promise
    from slos
),

promised as (
    select coalesce({{ texts_in_order('promise') }}, '') as state
    from promises
),

days as (
    select first_day as day_number from hours
    union distinct
    select last_day as day_number from hours
),

reached as (
    select
        days.day_number,
        concat_ws('=', cast(hours.hour_at as string), hours.state) as state
    from days
    inner join hours
        on
            days.day_number >= hours.first_day
            and days.day_number - 3 <= hours.last_day
),

stated as (
    select
        day_number,
        {{ texts_in_order('state') }} as state
    from reached
    group by day_number
)

select
    stated.day_number,
    md5(concat_ws(';', stated.state, promised.state)) as burn_state
from stated
cross join promised
