-- What is withheld in metric_values, and why: one row for every cell, and one for all splits of a cell in which there
-- is anything, whether or not it has any: of splits that are withheld no more is told.
with

suppressions as (select * from {{ ref('int_suppressions') }}),

cells as (

    select * from {{ ref('int_cells') }}
    where dimension is null and (status = 'suppressed' or n > 0 or denominator > 0e0 or numerator <> 0e0)

),

split_metrics as (

    select distinct metric_id
    from {{ ref('int_measured_cells') }}
    where dimension is not null

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
    suppressions.is_split,
    suppressions.reason,
    run.as_of
from cells
inner join suppressions
    on
        cells.entity_key = suppressions.entity_key
        and cells.period_key = suppressions.period_key
        and cells.metric_id = suppressions.metric_id
left join split_metrics
    on cells.metric_id = split_metrics.metric_id
inner join entities
    on cells.entity_key = entities.entity_key
inner join periods
    on cells.period_key = periods.period_key
cross join run
where
    case when suppressions.is_split then split_metrics.metric_id is not null else cells.status = 'suppressed' end
