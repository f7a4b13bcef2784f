-- How many records of people's working time stand behind a team, an area or the portfolio: in each week, month and
-- quarter of a closed quarter, the fewest of each (0 where one has none), of what was known when the quarter closed.
-- What becomes known later changes numbers, but nothing that was withheld is shown for it. What has such records only
-- is a row too, with none.
{{ config(materialized='table') }}

with

entities as (

    select * from {{ ref('int_entities') }}
    where entity_type <> 'service'

),

events as (select * from {{ ref('int_people_events') }}),

quarters as (

    select * from {{ ref('int_periods') }}
    where period_type = 'quarter' and is_closed

),

parts as (

    select
        quarters.period_key as quarter_key,
        quarters.ends_at as decided_at,
        periods.period_key,
        periods.period_type,
        periods.period_start_on,
        periods.period_end_on
    from quarters
    inner join {{ ref('int_periods') }} as periods
        on
            quarters.period_start_on <= periods.period_end_on
            and quarters.period_end_on >= periods.period_start_on

),

numbers as (

    select
        quarter_key,
        period_type,
        cast(count(*) as bigint) as periods
    from parts
    group by quarter_key, period_type

),

entity_events as (

    {{ statistics_entity_rows(
        'events', 'kind, day_on, dimension_value, event_id, recorded_at, first_recorded_at'
    ) }}

),

counted as (

    select
        entity_events.kind,
        entity_events.entity_key,
        entity_events.dimension_value,
        parts.quarter_key,
        parts.period_type,
        parts.period_key,
        count(distinct case
            when
                entity_events.recorded_at <= parts.decided_at
                or entity_events.recorded_at = entity_events.first_recorded_at
                then entity_events.event_id
        end) as events
    from entity_events
    inner join parts
        on entity_events.day_on between parts.period_start_on and parts.period_end_on
    group by
        entity_events.kind, entity_events.entity_key, entity_events.dimension_value, parts.quarter_key,
        parts.period_type, parts.period_key

)

select
    counted.kind,
    counted.entity_key,
    counted.quarter_key,
    counted.period_type,
    counted.dimension_value,
    cast(case when count(*) < max(numbers.periods) then 0 else min(counted.events) end as bigint) as fewest
from counted
inner join numbers
    on
        counted.quarter_key = numbers.quarter_key
        and counted.period_type = numbers.period_type
group by counted.kind, counted.entity_key, counted.quarter_key, counted.period_type, counted.dimension_value
