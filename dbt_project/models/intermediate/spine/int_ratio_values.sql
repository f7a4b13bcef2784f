-- Ratios of countable events, with Wilson limits; some are stated per thousand. The alerts beside an effect that were
-- left alone are such a ratio too.
with

cells as (

    select * from {{ ref('int_cell_counts') }}

    where interval_method = 'wilson' or (interval_method = 'mover' and dimension = 'held_out')

),

catalogue as (

    select * from {{ ref('metric_catalogue') }}

),

doubles as (

    select
        cells.*,
        cast(cells.numerator as double) as successes,
        cast(cells.denominator as double) as trials,
        coalesce(catalogue.value_scale, 1e0) as scale
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
    successes as numerator,
    trials as denominator,
    denominator as n,
    cast(0 as bigint) as censored,
    successes / nullif(trials, 0e0) * scale as value,
    ({{ statistics_wilson_low('successes', 'trials') }}) * scale as low,
    ({{ statistics_wilson_high('successes', 'trials') }}) * scale as high
from doubles
