-- Periods in which some source speaks for a kind, by entity.
with

coverage as (

    select * from {{ ref('int_entity_coverage') }}

),

periods as (

    select * from {{ ref('int_periods') }}

)

select distinct
    coverage.entity_key,
    coverage.kind,
    periods.period_key
from coverage
inner join periods
    on
        coverage.covered_to > periods.starts_at
        and coverage.covered_from < periods.ends_at
