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
    when {{ date_order }} = 'iso' and strpos({{ text }}, '-') = 5 and {{ text }} >= '1970' and {{ text }} < '2200'
        then coalesce(
            try_strptime({{ text }}, {{ utc }}),
            case
                when try_cast({{ text }} as timestamp with time zone) is not null
                    then cast(try_strptime({{ text }}, {{ offset }}) as timestamp)
            end,
            {{ dates_to_utc("try_strptime(" ~ text ~ ", " ~ local ~ ")", zone) }}
        )
    when {{ date_order }} <> 'iso' and regexp_matches({{ text }}, '/(19[7-9][0-9]|2[01][0-9][0-9]) ')
        then {{ dates_to_utc(
            "case " ~ date_order
            ~ " when 'day_first' then try_strptime(" ~ text ~ ", ['%d/%m/%Y %H:%M', '%d/%m/%Y %H:%M:%S'])"
            ~ " when 'month_first' then try_strptime(" ~ text ~ ", ['%m/%d/%Y %H:%M', '%m/%d/%Y %H:%M:%S']) end",
            zone
        ) }}
end
{%- endmacro %}

{#- Shapes by expression, since Spark's casts are lax about them (blanks, a zone's name, a day alone); the cast knows which
    days and times there are. Offsets are reckoned, since Spark reads none beyond 18 hours. -#}
{% macro spark__parse_instant(text, zone, date_order) -%}
{%- set gap = '[ \\t-\\r]+' -%}
{%- set end = '[ \\t-\\r]*$' -%}
{%- set day = '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}' -%}
{%- set minute = '[0-9]{1,2}:[0-9]{1,2}' -%}
{%- set second = minute ~ ':[0-9]{1,2}' -%}
{%- set exact = second ~ '(?:[.][0-9]{1,6})?' -%}
{%- set utc = '(?d)^(' ~ day ~ ')(?:T(' ~ exact ~ ')Z|' ~ gap ~ '(' ~ second ~ ')' ~ gap ~ 'UTC)' ~ end -%}
{%- set offset = '(?d)^(' ~ day ~ ')T(' ~ exact ~ ')([+-])([0-9]{2})(?::?([0-9]{2}))?(?:(?<=:[0-9]{2}):([0-9]{2}))?' ~ end -%}
{%- set local = '(?d)^(' ~ day ~ ')(?:(?:T|' ~ gap ~ ')(' ~ exact ~ ')|' ~ gap ~ '(' ~ minute ~ '))?' ~ end -%}
{%- set ordered = '(?d)^[ \\t-\\r]*([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})' ~ gap ~ '(' ~ minute ~ '(?::[0-9]{1,2})?)' ~ end -%}
case
    when {{ text }} is null then null
    when {{ date_order }} = 'iso' and {{ text }} >= '1970' and {{ text }} < '2200'
        then case
            when {{ text }} rlike '{{ utc }}'
                then try_cast(regexp_replace({{ text }}, '{{ utc }}', '$1 $2$3') as timestamp)
            when {{ text }} rlike '{{ offset }}'
                then try_cast(regexp_replace({{ text }}, '{{ offset }}', '$1 $2') as timestamp)
                    - case regexp_extract({{ text }}, '{{ offset }}', 3) when '-' then -1 else 1 end * make_dt_interval(
                        0,
                        {%- for part in [4, 5, 6] %}
                        coalesce(try_cast(regexp_extract({{ text }}, '{{ offset }}', {{ part }}) as int), 0)
                        {{- ',' if not loop.last }}
                        {%- endfor %}
                    )
            when {{ text }} rlike '{{ local }}'
                then {{ dates_to_utc(
                    "try_cast(trim(regexp_replace(" ~ text ~ ", '" ~ local ~ "', '$1 $2$3')) as timestamp)", zone
                ) }}
        end
    when {{ date_order }} <> 'iso' and {{ text }} rlike '/(19[7-9][0-9]|2[01][0-9][0-9]) ' and {{ text }} rlike '{{ ordered }}'
        then {{ dates_to_utc(
            "try_cast(regexp_replace(" ~ text ~ ", '" ~ ordered ~ "', case " ~ date_order
            ~ " when 'day_first' then '$3-$2-$1 $4' when 'month_first' then '$3-$1-$2 $4' end) as timestamp)",
            zone
        ) }}
end
{%- endmacro %}

{#- Microseconds from one instant to another (bigint, negative when it runs backwards). -#}
{% macro microseconds_between(earlier, later) -%}
    {{ return(adapter.dispatch('microseconds_between')(earlier, later)) }}
{%- endmacro %}

{% macro duckdb__microseconds_between(earlier, later) -%}
(epoch_us({{ later }}) - epoch_us({{ earlier }}))
{%- endmacro %}

{% macro spark__microseconds_between(earlier, later) -%}
(unix_micros({{ later }}) - unix_micros({{ earlier }}))
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
({{ instant }} + make_dt_interval(0, cast({{ hours }} as int)))
{%- endmacro %}

{#- The hour that a written instant names, as it is written: its first 13 characters. -#}
{% macro hour_key(text) -%}
coalesce(substring({{ word(text) }}, 1, 13), '')
{%- endmacro %}

{#- The full hour (UTC) that holds an instant. -#}
{% macro hour_start(instant) -%}
cast(date_trunc('hour', {{ instant }}) as timestamp)
{%- endmacro %}

{#- The instant so many whole seconds after 1970. -#}
{% macro instant_of_second(second) -%}
    {{ return(adapter.dispatch('instant_of_second')(second)) }}
{%- endmacro %}

{% macro duckdb__instant_of_second(second) -%}
make_timestamp(cast({{ second }} as bigint) * 1000000)
{%- endmacro %}

{% macro spark__instant_of_second(second) -%}
cast(timestamp_seconds({{ second }}) as timestamp)
{%- endmacro %}

{% macro epoch_start() -%}
cast('1970-01-01 00:00:00' as timestamp)
{%- endmacro %}
