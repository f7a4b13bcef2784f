{#- Steps in time. Adding an interval gives a timestamp on one engine and a date on another; these say which. -#}

{#- The day so many months later (a literal); the last of the month where that has no such day. -#}
{% macro dates_plus_months(day_on, months) -%}
    cast({{ day_on }} + interval {{ months }} month as date)
{%- endmacro %}

{#- The day so many months earlier (a literal), alike. -#}
{% macro dates_minus_months(day_on, months) -%}
    cast({{ day_on }} - interval {{ months }} month as date)
{%- endmacro %}

{#- The last instant before this one: the end of a half-open interval as an instant that lies in it. -#}
{% macro dates_just_before(instant) -%}
    ({{ instant }} - interval 1 microsecond)
{%- endmacro %}
