{#- A row for each whole number from the first to the last, which must not be below it. -#}
{% macro statistics_steps(first, last) -%}
    {{ return(adapter.dispatch('statistics_steps')(first, last)) }}
{%- endmacro %}

{% macro duckdb__statistics_steps(first, last) -%}
unnest(range({{ first }}, {{ last }} + 1))
{%- endmacro %}

{% macro spark__statistics_steps(first, last) -%}
explode(sequence({{ first }}, {{ last }}))
{%- endmacro %}
