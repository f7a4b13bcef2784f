{#- Natural logarithm of a double. What is not above 0 has none and gives null; DuckDB by itself says -infinity or NaN. -#}
{% macro statistics_ln(x) -%}
    ln(case when {{ x }} > 0e0 then {{ x }} end)
{%- endmacro %}
