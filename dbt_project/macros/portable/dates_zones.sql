{#- Instants are naive UTC timestamps; a zone is an IANA name, as a literal or a column. Session zone: UTC. -#}

{#- Local wall-clock timestamp of an instant. -#}
{% macro dates_to_local(instant, zone) -%}
    {{ return(adapter.dispatch('dates_to_local')(instant, zone)) }}
{%- endmacro %}

{% macro duckdb__dates_to_local(instant, zone) -%}
    timezone({{ zone }}, timezone('UTC', {{ instant }}))
{%- endmacro %}

{% macro spark__dates_to_local(instant, zone) -%}
    convert_timezone('UTC', {{ zone }}, {{ instant }})
{%- endmacro %}

{#- Instant of a local wall-clock timestamp. A time that comes twice is its first coming; one that a clock change skips
    is read with the offset before the change. -#}
{% macro dates_to_utc(local_timestamp, zone) -%}
    {{ return(adapter.dispatch('dates_to_utc')(local_timestamp, zone)) }}
{%- endmacro %}

{#- DuckDB takes the last coming. Where the offset of the day before would show another time, the instant by that offset
    is the first coming, if it shows the time that was asked for. The list of one gives the local time a name. -#}
{% macro duckdb__dates_to_utc(local_timestamp, zone) -%}
{%- set last = 'timezone(' ~ zone ~ ', wall)' -%}
{%- set as_the_day_before = 'timezone(' ~ zone ~ ', ' ~ last ~ ' - interval 24 hour) + interval 24 hour' -%}
{%- set first = last ~ ' - (' ~ as_the_day_before ~ ' - wall)' -%}
list_transform(
    [{{ local_timestamp }}],
    lambda wall: case
        when {{ zone }} = 'UTC' then wall
        when {{ as_the_day_before }} = wall then cast({{ last }} as timestamp)
        when timezone({{ zone }}, {{ first }}) = wall then cast({{ first }} as timestamp)
        else cast({{ last }} as timestamp)
    end
)[1]
{%- endmacro %}

{% macro spark__dates_to_utc(local_timestamp, zone) -%}
    convert_timezone({{ zone }}, 'UTC', {{ local_timestamp }})
{%- endmacro %}

{#- Local calendar day of an instant. -#}
{% macro dates_local_day(instant, zone) -%}
    cast({{ dates_to_local(instant, zone) }} as date)
{%- endmacro %}

{#- First instant of a local day. Midnight may not exist (then the day starts after the gap), or exist twice
    (then the day starts with the first). -#}
{% macro dates_day_start(day_on, zone) -%}
    {{ dates_to_utc('cast(' ~ day_on ~ ' as timestamp)', zone) }}
{%- endmacro %}

{#- Hour of the day (0 to 23) that a local wall-clock timestamp shows. -#}
{% macro dates_hour(local_timestamp) -%}
    {{ return(adapter.dispatch('dates_hour')(local_timestamp)) }}
{%- endmacro %}

{% macro duckdb__dates_hour(local_timestamp) -%}
    cast(extract(hour from {{ local_timestamp }}) as bigint)
{%- endmacro %}

{% macro spark__dates_hour(local_timestamp) -%}
    cast(hour({{ local_timestamp }}) as bigint)
{%- endmacro %}
