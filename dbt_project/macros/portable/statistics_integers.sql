{#- Whole part of the quotient of two non-negative bigints, never through a double. -#}
{% macro statistics_quotient(dividend, divisor) -%}
    {{ return(adapter.dispatch('statistics_quotient')(dividend, divisor)) }}
{%- endmacro %}

{% macro duckdb__statistics_quotient(dividend, divisor) -%}
    cast(({{ dividend }}) // ({{ divisor }}) as bigint)
{%- endmacro %}

{% macro spark__statistics_quotient(dividend, divisor) -%}
    cast(({{ dividend }}) div ({{ divisor }}) as bigint)
{%- endmacro %}

{#- Whole part of a double, downwards, as a double. -#}
{% macro statistics_whole(x) -%}
    cast(floor({{ x }}) as double)
{%- endmacro %}
