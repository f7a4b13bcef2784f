{#- What a model is built as that can be worked out in parts: on DuckDB incrementally, on Spark whole each time. -#}
{% macro built_in_parts() -%}
    {{ return(adapter.dispatch('built_in_parts')()) }}
{%- endmacro %}

{% macro duckdb__built_in_parts() -%}
    {{ return('incremental') }}
{%- endmacro %}

{% macro spark__built_in_parts() -%}
    {{ return('table') }}
{%- endmacro %}
