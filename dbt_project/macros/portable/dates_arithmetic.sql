{#- One row per day from the first to the last, both included; for a select list. -#}
{% macro dates_unnest_days(first_on, last_on) -%}
    {{ return(adapter.dispatch('dates_unnest_days')(first_on, last_on)) }}
{%- endmacro %}

{% macro duckdb__dates_unnest_days(first_on, last_on) -%}
    cast(unnest(generate_series(cast({{ first_on }} as timestamp), cast({{ last_on }} as timestamp), interval 1 day)) as date)
{%- endmacro %}

{% macro spark__dates_unnest_days(first_on, last_on) -%}
    explode(sequence({{ first_on }}, {{ last_on }}, interval 1 day))
{%- endmacro %}

{#- Microseconds since 1970 (bigint): differences of instants are exact. -#}
{% macro dates_microseconds(instant) -%}
    {{ return(adapter.dispatch('dates_microseconds')(instant)) }}
{%- endmacro %}

{% macro duckdb__dates_microseconds(instant) -%}
    epoch_us({{ instant }})
{%- endmacro %}

{% macro spark__dates_microseconds(instant) -%}
    unix_micros({{ instant }})
{%- endmacro %}

{#- First day of the ISO week, month or quarter of a day. -#}
{% macro dates_period_start(period_type, day_on) -%}
    cast(date_trunc('{{ period_type }}', {{ day_on }}) as date)
{%- endmacro %}
