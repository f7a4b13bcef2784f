-- Every cell with its parts, estimate, limits and status. What is not ok or provisional shows no number. Nothing is
-- withheld here yet: int_cells does it, and all that is published is made of int_cells.
{{ config(materialized='table') }}

with

cells as (

    {% for values_of in [
        'int_ratio_values', 'int_rate_values', 'int_duration_values', 'int_spread_values', 'int_amount_values',
        'int_jackknife_values', 'int_worst_values', 'int_weighted_values',
        'int_histogram_values', 'int_effect_values'
    ] %}
    select
        entity_key,
        period_key,
        metric_id,
        dimension,
        dimension_value,
        numerator,
        denominator,
        n,
        censored,
        value,
        low,
        high,
        {{ statistics_status(
            'is_covered', 'immature', 'excluded', 'n', 'minimum_n',
            at_best='is_gross' if values_of == 'int_effect_values' else none
        ) }} as status
    from {{ ref(values_of) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    entity_key,
    period_key,
    metric_id,
    dimension,
    dimension_value,
    numerator,
    denominator,
    n,
    censored,
    case when status in ('ok', 'provisional') then value end as value,
    case when status in ('ok', 'provisional') then low end as low,
    case when status in ('ok', 'provisional') then high end as high,
    status
from cells
