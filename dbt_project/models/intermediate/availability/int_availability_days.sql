-- How long each service was asked to be up on each local day, how much of that an incident hit, how much was agreed not
-- to count, and how much was both (microseconds). A day on which ownership moves has a row for each owner.
{{ config(materialized='table') }}

with

windows as (

    select * from {{ ref('int_service_windows') }}

    where metric_id = 'availability_time'

),

days as (

    select * from {{ ref('int_calendar_days') }}

),

hits as (

    select * from {{ ref('fct_service_impacts') }}

    where exclusion_reason is null

),

agreed as (

    select * from {{ ref('fct_slo_exclusions') }}

    where is_valid and coalesce(sli, 'availability') = 'availability'

),

impacts as (

    {{ stretches_united('hits', 'service_id') }}

),

exclusions as (

    {{ stretches_united('agreed', 'service_id') }}

),

shared as (

    {{ stretches_shared('impacts', 'exclusions', ['service_id']) }}

),

marks as (

    {% for mark in ['impacts', 'exclusions', 'shared'] %}
    select
        '{{ mark }}' as mark,
        service_id,
        starts_at,
        ends_at
    from {{ mark }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

marked_days as (

    {{ stretches_by_day('marks', ['mark', 'service_id']) }}

),

marked as (

    {{ stretches_shared(
        'windows', 'marked_days', ['service_id', 'day_on'], ['segment_key', 'team_id', 'area'], ['mark']
    ) }}

),

measured as (

    select
        service_id,
        team_id,
        area,
        segment_key,
        day_on,
        'windows' as mark,
        {{ microseconds_between('starts_at', 'ends_at') }} as microseconds
    from windows

    union all

    select
        service_id,
        team_id,
        area,
        segment_key,
        day_on,
        mark,
        {{ microseconds_between('starts_at', 'ends_at') }} as microseconds
    from marked

)

select
    service_id,
    team_id,
    area,
    segment_key,
    day_on,
    cast(sum(case when mark = 'windows' then microseconds else 0 end) as bigint) as window_microseconds,
    cast(sum(case when mark = 'impacts' then microseconds else 0 end) as bigint) as impact_microseconds,
    cast(sum(case when mark = 'exclusions' then microseconds else 0 end) as bigint) as excluded_microseconds,
    cast(sum(case when mark = 'shared' then microseconds else 0 end) as bigint) as excluded_impact_microseconds
from measured
group by service_id, team_id, area, segment_key, day_on
