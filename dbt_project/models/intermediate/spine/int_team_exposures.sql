-- For how long the sources spoke of what happens to teams, by entity and period: the exposure of counts of it, within
-- the days of the entity's existence. It cannot happen to a service.
with

entities as (

    select * from {{ ref('int_entities') }}

    where entity_type <> 'service'

),

days as (

    select * from {{ ref('int_calendar_days') }}

),

spans as (

    select
        entities.entity_key,
        first_days.starts_at as exists_from,
        last_days.ends_at as exists_to
    from entities
    left join days as first_days
        on entities.exists_from_on = first_days.day_on
    left join days as last_days
        on entities.exists_to_on = last_days.day_on

),

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

segment_metrics as (

    select segment_metrics.*
    from {{ ref('int_segment_metrics') }} as segment_metrics
    inner join {{ ref('metric_catalogue') }} as catalogue
        on segment_metrics.metric_id = catalogue.metric_id
    where catalogue.exposure = 'team_days' and segment_metrics.is_covered

),

periods as (

    select * from {{ ref('int_periods') }}

),

pieces as (

    select
        segments.entity_key,
        periods.period_key,
        segment_metrics.metric_id,
        greatest(segments.starts_at, periods.starts_at, spans.exists_from) as starts_at,
        least(segments.ends_at, periods.ends_at, spans.exists_to) as ends_at
    from segments
    inner join segment_metrics
        on segments.segment_key = segment_metrics.segment_key
    inner join spans
        on segments.entity_key = spans.entity_key
    inner join periods
        on
            segments.starts_at < periods.ends_at
            and segments.ends_at > periods.starts_at

)

select
    entity_key,
    period_key,
    metric_id,
    cast(sum({{ microseconds_between('starts_at', 'ends_at') }}) as bigint) as exposed_microseconds
from pieces
where starts_at < ends_at
group by entity_key, period_key, metric_id
