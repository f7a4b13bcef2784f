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

{#- One row per whole number from the first to the last, both included; for a select list. No row when the last is less. -#}
{% macro statistics_integers(first, last) -%}
    {{ return(adapter.dispatch('statistics_integers')(first, last)) }}
{%- endmacro %}

{% macro duckdb__statistics_integers(first, last) -%}
    unnest(generate_series(cast({{ first }} as bigint), cast({{ last }} as bigint)))
{%- endmacro %}

{#- Spark's sequence would count backwards. -#}
{% macro spark__statistics_integers(first, last) -%}
    explode(case
        when {{ first }} <= {{ last }} then sequence(cast({{ first }} as bigint), cast({{ last }} as bigint))
    end)
{%- endmacro %}
