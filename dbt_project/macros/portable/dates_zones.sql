{#- Instants are naive UTC timestamps; a zone is an IANA name, as a literal or a column. Session zone: UTC. -#}

{#- Local wall-clock timestamp of an instant. -#}
{% macro dates_to_local(instant, zone) -%}
    {{ return(adapter.dispatch('dates_to_local')(instant, zone)) }}
{%- endmacro %}

{% macro duckdb__dates_to_local(instant, zone) -%}
    timezone({{ zone }}, timezone('UTC', {{ instant }}))
{%- endmacro %}

{% macro spark__dates_to_local(instant, zone) -%}
    from_utc_timestamp({{ instant }}, {{ zone }})
{%- endmacro %}

{#- Instant of a local wall-clock timestamp; one that a clock change skips is moved forward. -#}
{% macro dates_to_utc(local_timestamp, zone) -%}
    {{ return(adapter.dispatch('dates_to_utc')(local_timestamp, zone)) }}
{%- endmacro %}

{% macro duckdb__dates_to_utc(local_timestamp, zone) -%}
    timezone('UTC', timezone({{ zone }}, {{ local_timestamp }}))
{%- endmacro %}

{% macro spark__dates_to_utc(local_timestamp, zone) -%}
    to_utc_timestamp({{ local_timestamp }}, {{ zone }})
{%- endmacro %}

{#- Local calendar day of an instant. -#}
{% macro dates_local_day(instant, zone) -%}
    cast({{ dates_to_local(instant, zone) }} as date)
{%- endmacro %}

{#- First instant of a local day. Midnight may not exist (then the day starts after the gap), or exist twice
    (then the day starts with the first): an hour earlier is still the same day only in the second case. -#}
{% macro dates_day_start(day_on, zone) -%}
    case
        when {{ dates_local_day('(' ~ dates_to_utc('cast(' ~ day_on ~ ' as timestamp)', zone) ~ ' - interval 1 hour)', zone) }} = {{ day_on }}
            then {{ dates_to_utc('cast(' ~ day_on ~ ' as timestamp)', zone) }} - interval 1 hour
        else {{ dates_to_utc('cast(' ~ day_on ~ ' as timestamp)', zone) }}
    end
{%- endmacro %}
