-- Every entity x metric x period: a cell exists, or the scorecard has a defect. Says whether the sources speak for it.
{{ config(materialized='table') }}

with

entities as (

    select * from {{ ref('int_entities') }}

),

periods as (

    select * from {{ ref('int_periods') }}

),

catalogue as (

    select * from {{ ref('metric_catalogue') }}

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

)

select
    entity_periods.entity_key,
    entity_periods.period_key,
    catalogue.metric_id,
    coalesce(covered.is_covered, false) as is_covered,
    coalesce(covered.is_dimension_covered, false) as is_dimension_covered
from entity_periods
cross join catalogue
left join covered
    on
        entity_periods.entity_key = covered.entity_key
        and entity_periods.period_key = covered.period_key
        and catalogue.metric_id = covered.metric_id
