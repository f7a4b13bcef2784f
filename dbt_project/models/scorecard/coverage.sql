-- When the sources speak for a metric, by service, team, area and the portfolio: adjoining segments joined. An event
-- outside the coverage of its service (of its team, or of the portfolio, where it names no service) is `not_covered`.
with

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

segment_metrics as (

    select segment_metrics.*
    from {{ ref('int_segment_metrics') }} as segment_metrics
    inner join {{ ref('metric_catalogue') }} as catalogue
        on segment_metrics.metric_id = catalogue.metric_id
    where segment_metrics.is_covered

),

run as (

    select * from {{ source('landing', 'run') }}

),

covered as (

    select
        segments.*,
        segment_metrics.metric_id,
        lag(segments.ends_at) over (
            partition by segments.entity_key, segment_metrics.metric_id order by segments.starts_at nulls last
        ) as former_ends_at
    from segments
    inner join segment_metrics
        on segments.segment_key = segment_metrics.segment_key

),

islands as (

    select
        *,
        sum(case when former_ends_at = starts_at then 0 else 1 end) over (
            partition by entity_key, metric_id
            order by starts_at nulls last
            rows between unbounded preceding and current row
        ) as island
    from covered

)

select
    islands.entity_type,
    islands.entity_id,
    islands.metric_id,
    min(islands.starts_at) as covered_from,
    case when max(islands.ends_at) < max(run.as_of) then max(islands.ends_at) end as covered_to
from islands
cross join run
group by islands.entity_type, islands.entity_id, islands.metric_id, islands.island
