-- Every entity x metric x period: a cell exists, or the scorecard has a defect. Says whether the sources speak for it.
{{ config(materialized='table') }}

with

entities as (

    select * from {{ ref('int_entities') }}

),

periods as (

    select * from {{ ref('int_periods') }}

),

requirements as (

    select * from {{ ref('int_metric_requirements') }}

),

covered as (

    select * from {{ ref('int_covered_periods') }}

),

entity_periods as (

    select
        entities.entity_key,
        periods.period_key
    from entities
    inner join periods
        on
            coalesce(entities.exists_from_on, periods.period_start_on) <= periods.period_end_on
            and coalesce(entities.exists_to_on, periods.period_end_on) >= periods.period_start_on

),

answers as (

    select
        entity_periods.entity_key,
        entity_periods.period_key,
        requirements.metric_id,
        requirements.of_dimension,
        requirements.requirement,
        max(case when covered.entity_key is null then 0 else 1 end) as is_met
    from entity_periods
    cross join requirements
    left join covered
        on
            entity_periods.entity_key = covered.entity_key
            and entity_periods.period_key = covered.period_key
            and requirements.kind = covered.kind
    group by
        entity_periods.entity_key,
        entity_periods.period_key,
        requirements.metric_id,
        requirements.of_dimension,
        requirements.requirement

)

select
    entity_key,
    period_key,
    metric_id,
    min(case when not of_dimension then is_met else 1 end) = 1 as is_covered,
    min(case when of_dimension then is_met else 1 end) = 1 as is_dimension_covered
from answers
group by entity_key, period_key, metric_id
