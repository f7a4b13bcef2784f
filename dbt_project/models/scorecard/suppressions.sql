-- What is withheld in metric_values, and why: one row for every cell without a split, and one for all splits of it.
with

suppressions as (select * from {{ ref('int_suppressions') }}),

cells as (

    select distinct
        entity_key,
        period_key,
        metric_id,
        dimension is not null as is_split
    from {{ ref('int_cells') }}
    where status = 'suppressed'

),

entities as (select * from {{ ref('int_entities') }}),

periods as (select * from {{ ref('int_periods') }}),

run as (select * from {{ source('landing', 'run') }})

select
    entities.entity_type,
    entities.entity_id,
    entities.entity_name,
    cells.metric_id,
    periods.period_type,
    periods.period_start_on,
    periods.is_closed,
    cells.is_split,
    suppressions.reason,
    run.as_of
from cells
inner join suppressions
    on
        cells.entity_key = suppressions.entity_key
        and cells.period_key = suppressions.period_key
        and cells.metric_id = suppressions.metric_id
        and cells.is_split = suppressions.is_split
inner join entities
    on cells.entity_key = entities.entity_key
inner join periods
    on cells.period_key = periods.period_key
cross join run
