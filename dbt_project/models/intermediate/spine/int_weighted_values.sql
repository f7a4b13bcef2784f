-- Means of delivered values, weighted by what each rests on. They have no limits: how the values vary within what they
-- rest on was not delivered.
with

cells as (

    select * from {{ ref('int_cell_counts') }}

    where interval_method = 'weighted'

),

catalogue as (

    select * from {{ ref('metric_catalogue') }}

),

scaled as (

    select
        cells.*,
        cast(cells.numerator as double) / coalesce(catalogue.part_scale, 1e0) as weighted
    from cells
    inner join catalogue
        on cells.metric_id = catalogue.metric_id

)

select
    entity_key,
    period_key,
    metric_id,
    dimension,
    dimension_value,
    is_covered,
    excluded,
    immature,
    minimum_n,
    weighted as numerator,
    cast(denominator as double) as denominator,
    denominator as n,
    cast(0 as bigint) as censored,
    weighted / nullif(cast(denominator as double), 0e0) as value,
    cast(null as double) as low,
    cast(null as double) as high
from scaled
