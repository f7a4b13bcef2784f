{#-
    Reading and reckoning with instants. Every instant in the warehouse is a naive UTC timestamp with
    microseconds. An engine that is not listed has no macro of its own and stops the compiler: no fallback.
-#}

{#- Text to instant, null when no declared format reads it or the year is out of 1970..2199.
    `zone` holds for texts without an offset; `date_order` is iso, day_first or month_first. -#}
{% macro parse_instant(text, zone, date_order) -%}
    {{ return(adapter.dispatch('parse_instant')(text, zone, date_order)) }}
{%- endmacro %}

{#- strptime reads the shape strictly but lets %z roll 30 February into March; the cast knows that there is no such
    day but is lax about the shape. A text with an offset must please both. -#}
{% macro duckdb__parse_instant(text, zone, date_order) -%}
{%- set utc = "['%Y-%m-%dT%H:%M:%SZ', '%Y-%m-%dT%H:%M:%S.%fZ', '%Y-%m-%d %H:%M:%S UTC']" -%}
{%- set offset = "['%Y-%m-%dT%H:%M:%S%z', '%Y-%m-%dT%H:%M:%S.%f%z']" -%}
{%- set local = "['%Y-%m-%d %H:%M:%S', '%Y-%m-%d %H:%M:%S.%f', '%Y-%m-%dT%H:%M:%S', '%Y-%m-%dT%H:%M:%S.%f', '%Y-%m-%d %H:%M', '%Y-%m-%d']" -%}
case
    when {{ text }} is null then null
    when {{ date_order }} = 'iso' and {{ text }} like '____-%' and {{ text }} >= '1970' and {{ text }} < '2200'
        then coalesce(
            try_strptime({{ text }}, {{ utc }}),
            case
                when try_cast({{ text }} as timestamp with time zone) is not null
                    then cast(try_strptime({{ text }}, {{ offset }}) as timestamp)
            end,
            {{ instant_of_local("try_strptime(" ~ text ~ ", " ~ local ~ ")", zone) }}
        )
    when {{ date_order }} <> 'iso' and regexp_matches({{ text }}, '/(19[7-9][0-9]|2[01][0-9][0-9]) ')
        then {{ instant_of_local(
            "case " ~ date_order
            ~ " when 'day_first' then try_strptime(" ~ text ~ ", ['%d/%m/%Y %H:%M', '%d/%m/%Y %H:%M:%S'])"
            ~ " when 'month_first' then try_strptime(" ~ text ~ ", ['%m/%d/%Y %H:%M', '%m/%d/%Y %H:%M:%S']) end",
            zone
        ) }}
end
{%- endmacro %}

{#- A local wall-clock time to UTC. An hour that comes twice is its first coming; one that a clock change
    skips is read with the offset before the change. -#}
{% macro instant_of_local(local_time, zone) -%}
    {{ return(adapter.dispatch('instant_of_local')(local_time, zone)) }}
{%- endmacro %}

{#- The list of one gives the local time a name, so that its text is not repeated. -#}
{% macro duckdb__instant_of_local(local_time, zone) -%}
list_transform(
    [{{ local_time }}],
    lambda wall: case
        when {{ zone }} = 'UTC' then wall
        when timezone({{ zone }}, timezone({{ zone }}, wall) - interval 1 hour) = wall
            then cast(timezone({{ zone }}, wall) - interval 1 hour as timestamp)
        else cast(timezone({{ zone }}, wall) as timestamp)
    end
)[1]
{%- endmacro %}

{#- An instant as the reporting calendar's wall clock. -#}
{% macro local_of_instant(instant, zone) -%}
    {{ return(adapter.dispatch('local_of_instant')(instant, zone)) }}
{%- endmacro %}

{% macro duckdb__local_of_instant(instant, zone) -%}
timezone({{ zone }}, cast({{ instant }} as timestamp with time zone))
{%- endmacro %}

{#- Microseconds from one instant to another (bigint, negative when it runs backwards). -#}
{% macro microseconds_between(earlier, later) -%}
    {{ return(adapter.dispatch('microseconds_between')(earlier, later)) }}
{%- endmacro %}

{% macro duckdb__microseconds_between(earlier, later) -%}
(epoch_us({{ later }}) - epoch_us({{ earlier }}))
{%- endmacro %}

{% macro spark__microseconds_between(earlier, later) -%}
(unix_micros(cast({{ later }} as timestamp)) - unix_micros(cast({{ earlier }} as timestamp)))
{%- endmacro %}

{#- Minutes as a double, exact to the microsecond. -#}
{% macro minutes_between(earlier, later) -%}
cast({{ microseconds_between(earlier, later) }} as double) / cast(60000000 as double)
{%- endmacro %}

{#- An instant moved by a whole number of hours (a literal, or an integer expression). -#}
{% macro plus_hours(instant, hours) -%}
    {{ return(adapter.dispatch('plus_hours')(instant, hours)) }}
{%- endmacro %}

{% macro duckdb__plus_hours(instant, hours) -%}
({{ instant }} + to_hours({{ hours }}))
{%- endmacro %}

{% macro spark__plus_hours(instant, hours) -%}
({{ instant }} + make_dt_interval(0, {{ hours }}, 0, 0))
{%- endmacro %}

{% macro epoch_start() -%}
cast('1970-01-01 00:00:00' as timestamp)
{%- endmacro %}
