{#- The n-th smallest value, from 1; null where there are fewer. An aggregate, of values that are not null. -#}
{% macro statistics_nth(x, n) -%}
    {{ return(adapter.dispatch('statistics_nth')(x, n)) }}
{%- endmacro %}

{% macro duckdb__statistics_nth(x, n) -%}
    list_sort(list({{ x }}))[{{ n }}]
{%- endmacro %}

{% macro spark__statistics_nth(x, n) -%}
    get(sort_array(collect_list({{ x }})), {{ n }} - 1)
{%- endmacro %}
