{#- 95 % limits. Arguments are SQL expressions of type double; the formulas are checked against scipy, statsmodels and
    lifelines in tests/unit/test_statistics_*.py. -#}

{#- Standard normal quantile of 0.975; the exponent makes it a double on every engine. -#}
{% macro statistics_z() -%}
    1.959963984540054e0
{%- endmacro %}

{#- Wilson score limits of x successes among n (Wilson 1927); null without trials. -#}
{% macro statistics_wilson_low(x, n) -%}
    case
        when {{ n }} <= 0 then null
        when {{ x }} <= 0 then 0e0
        else greatest(0e0, {{ statistics_wilson_centre(x, n) }} - {{ statistics_wilson_half(x, n) }})
    end
{%- endmacro %}

{% macro statistics_wilson_high(x, n) -%}
    case
        when {{ n }} <= 0 then null
        when {{ x }} >= {{ n }} then 1e0
        else least(1e0, {{ statistics_wilson_centre(x, n) }} + {{ statistics_wilson_half(x, n) }})
    end
{%- endmacro %}

{% macro statistics_wilson_centre(x, n) -%}
    (({{ x }} + {{ statistics_z() }} * {{ statistics_z() }} / 2e0) / ({{ n }} + {{ statistics_z() }} * {{ statistics_z() }}))
{%- endmacro %}

{% macro statistics_wilson_half(x, n) -%}
    ({{ statistics_z() }} / ({{ n }} + {{ statistics_z() }} * {{ statistics_z() }})
        * sqrt({{ x }} * ({{ n }} - {{ x }}) / {{ n }} + {{ statistics_z() }} * {{ statistics_z() }} / 4e0))
{%- endmacro %}

{#- Limits of a Poisson count: exact from the seed (null above its last count), Byar's approximation beyond it. -#}
{% macro statistics_poisson_low(x, exact_low) -%}
    coalesce({{ exact_low }}, {{ x }} * power(1e0 - 1e0 / (9e0 * {{ x }}) - {{ statistics_z() }} / (3e0 * sqrt({{ x }})), 3))
{%- endmacro %}

{% macro statistics_poisson_high(x, exact_high) -%}
    coalesce(
        {{ exact_high }},
        ({{ x }} + 1e0) * power(1e0 - 1e0 / (9e0 * ({{ x }} + 1e0)) + {{ statistics_z() }} / (3e0 * sqrt({{ x }} + 1e0)), 3)
    )
{%- endmacro %}

{#- Pearson dispersion of daily counts about one rate r, never below 1: the sum of (x - re)^2 / (re) over the exposed
    days, by its additive parts, over days - 1. With r = events / exposure it is
    sum(x^2 / e) / r - 2 sum(x) + r sum(e) = squares * exposure / events - 2 * exposed_events + events. -#}
{% macro statistics_dispersion(events, exposure, squares, exposed_events, days) -%}
    case
        when {{ events }} <= 0e0 or {{ days }} < 2 then 1e0
        else greatest(
            1e0,
            ({{ squares }} * {{ exposure }} / {{ events }} - 2e0 * {{ exposed_events }} + {{ events }}) / ({{ days }} - 1)
        )
    end
{%- endmacro %}

{#- Standard error of a ratio by the jackknife over blocks (Quenouille 1956, Tukey 1958): `shifts` and `squares` are the
    sums over blocks of how far the ratio moves when one is left out. -#}
{% macro statistics_jackknife_error(blocks, shifts, squares) -%}
    sqrt(greatest(
        0e0,
        (cast({{ blocks }} as double) - 1e0) / cast({{ blocks }} as double)
        * ({{ squares }} - {{ shifts }} * {{ shifts }} / cast({{ blocks }} as double))
    ))
{%- endmacro %}
