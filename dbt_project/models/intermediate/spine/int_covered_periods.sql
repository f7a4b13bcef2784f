-- Periods in which some source speaks for a kind: for a service within its validity, for others through any source.
with

entities as (

    select * from {{ ref('int_entities') }}

),

periods as (

    select * from {{ ref('int_periods') }}

),

intervals as (

    select * from {{ ref('int_coverage_intervals') }}

),

covered as (

    select distinct
        intervals.service_id,
        intervals.kind,
        periods.period_key
    from intervals
    inner join periods
        on
            periods.starts_at < intervals.covered_to
            and periods.ends_at > intervals.covered_from

)

select
    entities.entity_key,
    covered.kind,
    covered.period_key
from covered
inner join entities
    on covered.service_id = entities.entity_id
where entities.entity_type = 'service'

union all

select
    entities.entity_key,
    covered.kind,
    covered.period_key
from covered
cross join entities
where
    covered.service_id is null
    and entities.entity_type <> 'service'
