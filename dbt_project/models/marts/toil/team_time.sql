-- What people worked by hand, of teams, areas and the portfolio, month by month and quarter by quarter, side by side: the
-- cells of metric_values, with what is withheld there withheld here. Entries and answers themselves are not published.
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
    {% for metric, name in [
        ('toil_share', 'toil'), ('unplanned_work_share', 'unplanned'), ('manual_intervention_minutes', 'manual')
    ] -%}
    max(case when cells.metric_id = '{{ metric }}' then cells.numerator end)
        as {{ name }}_{{ 'minutes' if name == 'manual' else 'hours' }},
    {% if name != 'manual' -%}
    max(case when cells.metric_id = '{{ metric }}' then cells.denominator end) as {{ name }}_capacity_hours,
    max(case when cells.metric_id = '{{ metric }}' then cells.value end) as {{ metric }},
    {% endif -%}
    max(case when cells.metric_id = '{{ metric }}' then cells.status end) as {{ name }}_status{{ ',' if not loop.last }}
    {% endfor -%}
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
