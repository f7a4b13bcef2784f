-- Kaplan-Meier median and 90th percentile of every duration cell, with log-log limits, in minutes. Open incidents are
-- censored, not dropped; where the curve never comes down far enough there is no value, only a lower limit.
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
        {% for name, share in [('median', '0.5e0'), ('p90', '0.1e0')] %}
        {{ statistics_survival_time('survival', share, '1e-9') }} as {{ name }},
        {{ statistics_survival_time('survival_low', share) }} as {{ name }}_low,
        {{ statistics_survival_time('survival_high', share) }} as {{ name }}_high{% if not loop.last %},{% endif %}
        {% endfor %}
    from curve
    group by curve_key

)

select
    curve_key,
    {% for name in ['median', 'median_low', 'median_high', 'p90', 'p90_low', 'p90_high'] %}
    cast({{ name }} as double) / 6e7 as {{ name }}_minutes{% if not loop.last %},{% endif %}
    {% endfor %}
from times
