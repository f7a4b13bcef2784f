-- Exposure: microseconds of each local day for which a source speaks for a service. Days of a clock change have 23
-- or 25 hours, and the day of the clock ends with it.
{{ config(materialized='table') }}

with

intervals as (

    select * from {{ ref('int_coverage_intervals') }}

),

days as (

    select * from {{ ref('int_calendar_days') }}

),

kinds as (

    select distinct kind from {{ ref('int_rate_exposures') }}

),

clipped as (

    select
        intervals.service_id,
        intervals.kind,
        days.day_on,
        greatest(intervals.covered_from, days.starts_at) as starts_at,
        least(intervals.covered_to, days.ends_at) as ends_at
    from intervals
    inner join kinds
        on intervals.kind = kinds.kind
    inner join days
        on
            intervals.covered_to > days.starts_at
            and intervals.covered_from < days.ends_at

)

select
    service_id,
    kind,
    day_on,
    cast(sum({{ microseconds_between('starts_at', 'ends_at') }}) as bigint) as exposed_microseconds
from clipped
group by service_id, kind, day_on
