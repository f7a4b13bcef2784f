-- What people worked by hand, of teams, areas and the portfolio, month by month and quarter by quarter, side by side:
-- the cells of metric_values, with what is withheld there withheld here. Entries and answers are not published.
with

cells as (

    select * from {{ ref('int_cells') }}
    where dimension is null

),

metrics as (select * from {{ ref('metric_catalogue') }}),

entities as (

    select * from {{ ref('int_entities') }}
    where entity_type <> 'service'

),

periods as (

    select * from {{ ref('int_periods') }}
    where period_type <> 'week'

)

select
    entities.entity_type,
    entities.entity_id,
    entities.entity_name,
    periods.period_type,
    periods.period_start_on,
    periods.is_closed,
    max(case when cells.metric_id = 'toil_share' then cells.numerator end) as toil_hours,
    max(case when cells.metric_id = 'toil_share' then cells.denominator end) as toil_capacity_hours,
    max(case when cells.metric_id = 'toil_share' then cells.value end) as toil_share,
    max(case when cells.metric_id = 'toil_share' then cells.status end) as toil_status,
    max(case when cells.metric_id = 'unplanned_work_share' then cells.numerator end) as unplanned_hours,
    max(case when cells.metric_id = 'unplanned_work_share' then cells.denominator end) as unplanned_capacity_hours,
    max(case when cells.metric_id = 'unplanned_work_share' then cells.value end) as unplanned_work_share,
    max(case when cells.metric_id = 'unplanned_work_share' then cells.status end) as unplanned_status,
    max(case when cells.metric_id = 'manual_intervention_minutes' then cells.numerator end) as manual_minutes,
    max(case when cells.metric_id = 'manual_intervention_minutes' then cells.status end) as manual_status
from cells
inner join metrics
    on cells.metric_id = metrics.metric_id
inner join entities
    on cells.entity_key = entities.entity_key
inner join periods
    on cells.period_key = periods.period_key
where metrics.people_records is not null
group by
    entities.entity_type, entities.entity_id, entities.entity_name, periods.period_type, periods.period_start_on,
    periods.is_closed
