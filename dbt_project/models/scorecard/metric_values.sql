-- What is published: every metric of every entity and period, with parts, limits and status.
with

cells as (

    select * from {{ ref('int_cells') }}

),

entities as (

    select * from {{ ref('int_entities') }}

),

periods as (

    select * from {{ ref('int_periods') }}

),

catalogue as (

    select * from {{ ref('metric_catalogue') }}

),

run as (

    select * from {{ source('landing', 'run') }}

)

select
    entities.entity_type,
    entities.entity_id,
    entities.entity_name,
    cells.metric_id,
    periods.period_type,
    periods.period_start_on,
    periods.is_closed,
    cells.dimension,
    cells.dimension_value,
    cells.numerator,
    cells.denominator,
    cells.n,
    cells.censored,
    cells.value,
    cells.low,
    cells.high,
    case
        when cells.dimension = 'statistic' and catalogue.interval_method = 'jackknife' then 'ms' else catalogue.unit
    end as unit,
    cells.status,
    catalogue.metric_version,
    run.as_of
from cells
inner join entities
    on cells.entity_key = entities.entity_key
inner join periods
    on cells.period_key = periods.period_key
inner join catalogue
    on cells.metric_id = catalogue.metric_id
cross join run
