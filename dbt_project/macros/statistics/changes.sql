{#- 95 % limits of a change between two independent estimates, from nothing but the two values and their own limits: the
    method of variance estimates recovery (MOVER; Newcombe 1998 method 10 where both limits are Wilson's; Zou and Donner
    2008). Arguments are SQL expressions of type double. Each end needs one limit of either side; where that is not
    known, the end is open (null). Checked against statsmodels, and for coverage, in tests/unit/test_statistics_changes.py. -#}

{#- Of value - previous. -#}
{% macro statistics_difference_low(value, low, previous, previous_high) -%}
    ({{ value }} - {{ previous }} - {{ statistics_hypotenuse(value ~ ' - ' ~ low, previous_high ~ ' - ' ~ previous) }})
{%- endmacro %}

{% macro statistics_difference_high(value, high, previous, previous_low) -%}
    ({{ value }} - {{ previous }} + {{ statistics_hypotenuse(high ~ ' - ' ~ value, previous ~ ' - ' ~ previous_low) }})
{%- endmacro %}

{#- Of value / previous, both above 0: the same on logarithms. A lower limit of 0 bounds the quotient by 0 from below; as
    the previous one it bounds nothing from above. -#}
{% macro statistics_ratio_low(value, low, previous, previous_high) -%}
    case
        when {{ low }} <= 0e0 then 0e0
        else exp({{ statistics_difference_low(
            statistics_ln(value), statistics_ln(low), statistics_ln(previous), statistics_ln(previous_high)
        ) }})
    end
{%- endmacro %}

{% macro statistics_ratio_high(value, high, previous, previous_low) -%}
    exp({{ statistics_difference_high(
        statistics_ln(value), statistics_ln(high), statistics_ln(previous), statistics_ln(previous_low)
    ) }})
{%- endmacro %}

{% macro statistics_hypotenuse(a, b) -%}
    sqrt(({{ a }}) * ({{ a }}) + ({{ b }}) * ({{ b }}))
{%- endmacro %}
