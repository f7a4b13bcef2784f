-- The time of every entity, cut wherever a source begins or ends to speak of something: within a segment nothing of
-- that changes, so an event is judged by the one segment that holds its anchor. Segments are half-open, and the one
-- that reaches the clock holds the clock's own instant.
{{ config(materialized='table') }}

with

bounds as (

    select * from {{ ref('int_calendar_bounds') }}

),

entities as (

    select * from {{ ref('int_entities') }}

),

kinds as (

    select distinct kind from {{ ref('int_metric_requirements') }}

),

coverage as (

    select coverage.*
    from {{ ref('int_entity_coverage') }} as coverage
    inner join kinds
        on coverage.kind = kinds.kind

),

edges as (

    select
        entity_key,
        covered_from as edge_at
    from coverage

    union distinct

    select
        entity_key,
        covered_to as edge_at
    from coverage

),

segments as (

    select
        entity_key,
        edge_at as starts_at,
        lead(edge_at) over (partition by entity_key order by edge_at nulls last) as ends_at
    from edges

)

select
    cast(
        row_number() over (order by segments.entity_key nulls last, segments.starts_at nulls last) as bigint
    ) as segment_key,
    segments.entity_key,
    entities.entity_type,
    entities.entity_id,
    segments.starts_at,
    segments.ends_at,
    case
        when segments.ends_at < bounds.as_of then {{ dates_just_before('segments.ends_at') }} else segments.ends_at
    end as last_at
from segments
inner join entities
    on segments.entity_key = entities.entity_key
cross join bounds
where segments.ends_at is not null
