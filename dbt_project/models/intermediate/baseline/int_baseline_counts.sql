-- What the frozen baseline of every entity and metric counts, where enough of its quarters have anything.
with

quarters as (select * from {{ ref('int_baseline_quarters') }}),

cells as (

    select * from {{ ref('int_cell_counts') }}
    where dimension is null and is_covered and denominator > 0

)

select
    cells.entity_key,
    cells.metric_id,
    min(quarters.judged_from_on) as judged_from_on,
    cast(sum(cells.numerator) as bigint) as numerator,
    cast(sum(cells.denominator) as bigint) as denominator,
    cast(count(*) as bigint) as quarters
from cells
inner join quarters
    on cells.period_key = quarters.period_key
group by cells.entity_key, cells.metric_id
having count(*) >= min(quarters.at_least)
