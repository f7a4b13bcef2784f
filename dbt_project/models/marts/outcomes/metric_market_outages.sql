-- Parts of market_outage_minutes, in microseconds. The denominator is days on which a service of tier 1 or 2 was
-- watched: of whatever was out at any time in a market, its quiet days are known too.
{% set owner = 'level, service_id, team_id, area' %}

with

windows as (select * from {{ ref('int_outage_windows') }}),

outages as (select * from {{ ref('int_outage_days') }}),

left_out as (select * from {{ ref('int_outages_left_out') }}),

watched as (

    {{ stretches_by_level('windows', 'segment_key, day_on') }}

),

watched_days as (

    select
        {{ owner }},
        day_on,
        min(segment_key) as segment_key
    from watched
    group by {{ owner }}, day_on

),

splits as (

    select distinct
        {{ owner }},
        dimension,
        dimension_value
    from outages
    where dimension is not null

),

known as (

    select
        {{ owner }},
        day_on,
        segment_key,
        cast(null as string) as dimension,
        cast(null as string) as dimension_value,
        cast(0 as bigint) as outage_microseconds
    from watched_days

    union all

    select
        watched_days.level,
        watched_days.service_id,
        watched_days.team_id,
        watched_days.area,
        watched_days.day_on,
        watched_days.segment_key,
        splits.dimension,
        splits.dimension_value,
        cast(0 as bigint) as outage_microseconds
    from watched_days
    inner join splits
        on
            watched_days.level = splits.level
            and watched_days.service_id is not distinct from splits.service_id
            and watched_days.team_id is not distinct from splits.team_id
            and watched_days.area is not distinct from splits.area

    union all

    select
        {{ owner }},
        day_on,
        cast(null as bigint) as segment_key,
        dimension,
        dimension_value,
        outage_microseconds
    from outages

)

select
    'market_outage_minutes' as metric_id,
    {{ owner }},
    day_on,
    min(segment_key) as segment_key,
    dimension,
    dimension_value,
    cast(null as string) as exclusion_reason,
    cast(sum(outage_microseconds) as bigint) as numerator,
    cast(1 as bigint) as denominator,
    cast(0 as bigint) as excluded
from known
group by {{ owner }}, day_on, dimension, dimension_value
union all
select
    'market_outage_minutes' as metric_id,
    cast(null as string) as level,
    service_id,
    team_id,
    area,
    day_on,
    segment_key,
    cast(null as string) as dimension,
    cast(null as string) as dimension_value,
    exclusion_reason,
    cast(0 as bigint) as numerator,
    cast(0 as bigint) as denominator,
    impacts as excluded
from left_out
