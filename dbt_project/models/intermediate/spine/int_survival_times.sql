-- Kaplan-Meier median, quartiles and 90th percentile of every duration cell, with log-log limits, in microseconds. What
-- is still open is censored, not dropped; where the curve never comes down far enough there is no value, only a lower
-- limit.
{% set quantiles = {'q25': '0.75e0', 'median': '0.5e0', 'q75': '0.25e0', 'p90': '0.1e0'} %}

{{ config(materialized='table') }}

with

subjects as (

    select * from {{ ref('int_clock_subjects') }}

),

curve as (

    {{ statistics_kaplan_meier('subjects', 'curve_key') }}

),

times as (

    select
        curve_key,
        {% for name, share in quantiles.items() %}
        {{ statistics_survival_time('survival', share, '1e-9') }} as {{ name }},
        {{ statistics_survival_time('survival_low', share) }} as {{ name }}_low,
        {{ statistics_survival_time('survival_high', share) }} as {{ name }}_high{% if not loop.last %},{% endif %}
        {% endfor %}
    from curve
    group by curve_key

)

select
    curve_key,
    {% for name in quantiles %}
    cast({{ name }} as double) as {{ name }},
    cast({{ name }}_low as double) as {{ name }}_low,
    cast({{ name }}_high as double) as {{ name }}_high{% if not loop.last %},{% endif %}
    {% endfor %}
from times
