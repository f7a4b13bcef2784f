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
        periods.starts_at < coverage.covered_to
        and periods.ends_at > coverage.covered_from
