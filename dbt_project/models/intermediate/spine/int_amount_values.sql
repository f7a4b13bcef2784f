-- Sums and counts of events: what they add up to, without limits. n is the events that could have added to it.
with

cells as (

    select * from {{ ref('int_cell_counts') }}

    where interval_method = 'none'

),

catalogue as (

    select * from {{ ref('metric_catalogue') }}

)

select
    cells.entity_key,
    cells.period_key,
    cells.metric_id,
    cells.dimension,
    cells.dimension_value,
    cells.is_covered,
    cells.excluded,
    cells.immature,
    cells.minimum_n,
    cast(cells.numerator as double) / coalesce(catalogue.part_scale, 1e0) as numerator,
    cast(cells.denominator as double) as denominator,
    cells.denominator as n,
    cast(0 as bigint) as censored,
    cast(cells.numerator as double) / coalesce(catalogue.part_scale, 1e0) as value,
    cast(null as double) as low,
    cast(null as double) as high
from cells
inner join catalogue
    on cells.metric_id = catalogue.metric_id
