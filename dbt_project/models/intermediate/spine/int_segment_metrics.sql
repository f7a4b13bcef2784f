-- What the sources speak for within a segment: one row per metric of which any requirement is met there whole.
{{ config(materialized='table') }}

with

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

coverage as (

    select * from {{ ref('int_entity_coverage') }}

),

requirements as (

    select * from {{ ref('int_metric_requirements') }}

),

needed as (

    select
        metric_id,
        scope,
        count(distinct requirement) as requirements
    from requirements
    group by metric_id, scope

),

spoken as (

    select distinct
        segments.segment_key,
        coverage.kind
    from segments
    inner join coverage
        on
            segments.entity_key = coverage.entity_key
            and segments.starts_at >= coverage.covered_from
            and segments.ends_at <= coverage.covered_to

),

met as (

    select
        spoken.segment_key,
        requirements.metric_id,
        requirements.scope,
        count(distinct requirements.requirement) as requirements
    from spoken
    inner join requirements
        on spoken.kind = requirements.kind
    group by spoken.segment_key, requirements.metric_id, requirements.scope

)

select
    met.segment_key,
    met.metric_id,
    max(case when met.scope = 'cell' then 1 else 0 end) = 1 as is_covered,
    max(case when met.scope = 'split' then 1 else 0 end) = 1 as is_dimension_covered,
    max(case when met.scope = 'record' then 1 else 0 end) = 1 as is_record_covered
from met
inner join needed
    on
        met.metric_id = needed.metric_id
        and met.scope = needed.scope
        and met.requirements = needed.requirements
group by met.segment_key, met.metric_id
