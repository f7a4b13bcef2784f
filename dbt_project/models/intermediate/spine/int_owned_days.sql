-- The part of a service's exposure that a team owned, by local day: a day on which ownership moves is split.
{{ config(materialized='table') }}

with

intervals as (

    select * from {{ ref('int_coverage_intervals') }}

),

ownership as (

    select * from {{ ref('int_service_ownership') }}

    where team_id is not null

),

days as (

    select * from {{ ref('int_calendar_days') }}

),

kinds as (

    select distinct kind from {{ ref('int_rate_exposures') }}

),

owned as (

    select
        ownership.service_id,
        ownership.team_id,
        ownership.area,
        intervals.kind,
        greatest(ownership.owned_from, intervals.covered_from) as owned_from,
        least(ownership.owned_to, intervals.covered_to) as owned_to
    from ownership
    inner join intervals
        on
            ownership.service_id = intervals.service_id
            and ownership.owned_from < intervals.covered_to
            and ownership.owned_to > intervals.covered_from
    inner join kinds
        on intervals.kind = kinds.kind

),

clipped as (

    select
        owned.service_id,
        owned.team_id,
        owned.area,
        owned.kind,
        days.day_on,
        greatest(owned.owned_from, days.starts_at) as starts_at,
        least(owned.owned_to, days.ends_at) as ends_at
    from owned
    inner join days
        on
            owned.owned_to > days.starts_at
            and owned.owned_from < days.ends_at

)

select
    service_id,
    team_id,
    area,
    kind,
    day_on,
    cast(sum({{ microseconds_between('starts_at', 'ends_at') }}) as bigint) as exposed_microseconds
from clipped
group by service_id, team_id, area, kind, day_on
