{#- One row per day from the first to the last, both included; for a select list. No row when the last is earlier. -#}
{% macro dates_unnest_days(first_on, last_on) -%}
    {{ return(adapter.dispatch('dates_unnest_days')(first_on, last_on)) }}
{%- endmacro %}

{% macro duckdb__dates_unnest_days(first_on, last_on) -%}
    cast(unnest(generate_series(cast({{ first_on }} as timestamp), cast({{ last_on }} as timestamp), interval 1 day)) as date)
{%- endmacro %}

{#- Spark's sequence would count backwards, or raise. -#}
{% macro spark__dates_unnest_days(first_on, last_on) -%}
    explode(case
        when cast({{ first_on }} as date) <= cast({{ last_on }} as date)
            then sequence(cast({{ first_on }} as date), cast({{ last_on }} as date), interval 1 day)
    end)
{%- endmacro %}

{#- First day of the ISO week, month or quarter of a day. -#}
{% macro dates_period_start(period_type, day_on) -%}
    cast(date_trunc('{{ period_type }}', {{ day_on }}) as date)
{%- endmacro %}
