-- Percentiles as published: the 95th of a peak, and of all requests the 50th, 95th and 99th as further statistics of
-- latency_within_target. The limits are the bounds between which the percentile surely lies. n is days that had
-- requests.
{% set statistics = {'p50': 500, 'p95': 950, 'p99': 990} %}

with

counts as (

    select * from {{ ref('int_cell_counts') }}

),

catalogue as (

    select * from {{ ref('metric_catalogue') }}

),

cells as (

    select * from {{ ref('int_histogram_cells') }}

),

quantiles as (

    select * from {{ ref('int_histogram_quantiles') }}

)

select
    counts.entity_key,
    counts.period_key,
    counts.metric_id,
    counts.dimension,
    counts.dimension_value,
    counts.is_covered,
    counts.excluded,
    counts.immature,
    counts.minimum_n,
    cast(counts.numerator as double) as numerator,
    cast(counts.denominator as double) as denominator,
    coalesce(cells.days, 0) as n,
    counts.denominator - counts.numerator as censored,
    quantiles.value,
    quantiles.low,
    quantiles.high
from counts
left join cells
    on
        counts.entity_key = cells.entity_key
        and counts.period_key = cells.period_key
        and counts.metric_id = cells.metric_id
        and counts.dimension is not distinct from cells.dimension
        and counts.dimension_value is not distinct from cells.dimension_value
left join quantiles
    on
        cells.entity_key = quantiles.entity_key
        and cells.period_key = quantiles.period_key
        and cells.metric_id = quantiles.metric_id
        and cells.dimension is not distinct from quantiles.dimension
        and cells.dimension_value is not distinct from quantiles.dimension_value
        and quantiles.permille = 950
where counts.interval_method = 'histogram'

union all

select
    cells.entity_key,
    cells.period_key,
    cells.metric_id,
    'statistic' as dimension,
    case quantiles.permille
        {% for name, permille in statistics.items() -%}
        when {{ permille }} then '{{ name }}'
        {% endfor -%}
    end as dimension_value,
    true as is_covered,
    cast(0 as bigint) as excluded,
    cast(0 as bigint) as immature,
    catalogue.minimum_n,
    cast(cells.bounded as double) as numerator,
    cast(cells.requests as double) as denominator,
    cells.days as n,
    cells.requests - cells.bounded as censored,
    quantiles.value,
    quantiles.low,
    quantiles.high
from cells
inner join catalogue
    on cells.metric_id = catalogue.metric_id
inner join quantiles
    on
        cells.entity_key = quantiles.entity_key
        and cells.period_key = quantiles.period_key
        and cells.metric_id = quantiles.metric_id
where
    cells.metric_id = 'latency_within_target'
    and cells.dimension is null
    and quantiles.dimension is null
