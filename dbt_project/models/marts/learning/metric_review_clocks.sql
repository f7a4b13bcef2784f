-- One row per severe incident that is resolved: from the resolution to its first published review (postmortem_delay),
-- still running where there is none.
with

reviews as (

    select * from {{ ref('fct_incident_reviews') }}

    where resolved_at is not null

),

run as (

    select * from {{ source('landing', 'run') }}

),

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

measured as (

    select
        reviews.*,
        {{ dates_local_day('reviews.resolved_at', 'run.time_zone') }} as day_on,
        segments.segment_key,
        {{ microseconds_between('reviews.resolved_at', 'coalesce(reviews.published_at, run.as_of)') }}
            as duration_microseconds
    from reviews
    cross join run
    {{ statistics_join_segments('reviews', 'resolved_at') }}

)

select
    'postmortem_delay' as metric_id,
    incident_id,
    service_id,
    team_id,
    area,
    day_on,
    segment_key,
    coalesce(severity, 'unknown') as severity,
    is_reviewed as is_event,
    duration_microseconds,
    case
        when is_planned is null then 'planned_unknown'
        when severity is null then 'severity_unknown'
        when duration_microseconds < 0 then 'negative_duration'
    end as exclusion_reason
from measured
