{#- Scores: goals, shrinkage toward the portfolio, draws. Arguments are SQL expressions of type double. Checked against
    scipy, and by properties, in tests/unit/test_statistics_scores.py. -#}

{#- A goal's mean over tiers 1 to 4, weighted by the service-days of each; where no tier is known, tier 4's. -#}
{% macro statistics_tier_mean(goal) -%}
    ({{ goal }}_4 + (
        {%- for tier in [1, 2, 3] %}
        tier_{{ tier }}_days * ({{ goal }}_{{ tier }} - {{ goal }}_4){{ ' +' if not loop.last }}
        {%- endfor %}
    ) / greatest(tier_1_days + tier_2_days + tier_3_days + tier_4_days + tier_unknown_days, 1e-9))
{%- endmacro %}

{#- 0 at the floor, 100 at the target, straight between. -#}
{% macro statistics_score(value, floor, target) -%}
    (1e2 * least(1e0, greatest(0e0, ({{ value }} - {{ floor }}) / ({{ target }} - {{ floor }}))))
{%- endmacro %}

{#- Standard error from 95 % limits, of which one may be open. -#}
{% macro statistics_error_of_limits(value, low, high) -%}
    ((coalesce({{ high }}, 2e0 * {{ value }} - {{ low }}) - coalesce({{ low }}, 2e0 * {{ value }} - {{ high }}))
        / (2e0 * {{ statistics_z() }}))
{%- endmacro %}

{#- What a duration is fitted as: its logarithm; below a thousandth of its unit all are alike. -#}
{% macro statistics_log_time(value) -%}
    case when {{ value }} is not null then {{ statistics_ln('greatest(' ~ value ~ ', 1e-3)') }} end
{%- endmacro %}

{#- How far the limits of a rate were pulled apart (statistics_dispersion), from the upper one: the square root of how
    many events come as one. -#}
{% macro statistics_widening(events, exposure, rate, high, exact_high) -%}
    case
        when {{ events }} > 0e0 then greatest(1e0, ({{ high }} - {{ rate }})
            / ({{ statistics_poisson_high(events, exact_high) }} / {{ exposure }} - {{ rate }}))
        else 1e0
    end
{%- endmacro %}

{#- Weight of what a team itself did, 1 / (1 + prior n / n): the prior is worth as many events as its own variance is
    of the spread between teams, and never more than four times the least n. `overlap` is 1 / n for a share, whose own
    variance shrinks with its spread, else 0. A spread of 0 leaves the bound alone (least leaves out nulls). -#}
{% macro statistics_own_weight(variance, spread, overlap, n, minimum_n) -%}
    (1e0 / (1e0 + least(
        4e0 * cast({{ minimum_n }} as double) / cast({{ n }} as double),
        case when {{ spread }} > 0e0 then greatest(0e0, {{ variance }} / {{ spread }} - {{ overlap }}) end
    )))
{%- endmacro %}

{#- A draw of a gamma of this shape and scale 1, from a standard normal (Wilson and Hilferty 1931); at least 0. -#}
{% macro statistics_gamma_draw(shape, z) -%}
    ({{ shape }} * power(greatest(
        0e0, 1e0 - 1e0 / (9e0 * ({{ shape }})) + {{ z }} / (3e0 * sqrt({{ shape }}))
    ), 3))
{%- endmacro %}

{#- Weighted geometric mean of scores, those below 1 taken as 1: an aggregate; null without any. Logarithms are summed
    as decimals, so that no order of rows changes a digit. -#}
{% macro statistics_geometric_score(score, weight) -%}
    case when sum({{ weight }}) > 0e0 then least(1e2, exp(
        cast(sum(cast({{ weight }} * {{ statistics_ln('greatest(' ~ score ~ ', 1e0)') }} as decimal(18, 16))) as double)
        / cast(sum(cast({{ weight }} as decimal(18, 16))) as double)
    )) end
{%- endmacro %}

{#- Ends of a band: the 25th and the 976th of 1,000 draws in order, and the score itself where it lies outside. -#}
{% macro statistics_band_low(value, draws) -%}
    least({{ value }}, {{ statistics_nth(draws, 25) }})
{%- endmacro %}

{% macro statistics_band_high(value, draws) -%}
    greatest({{ value }}, {{ statistics_nth(draws, 976) }})
{%- endmacro %}

{#- A sum that no order of rows changes, of doubles below 1e15 in size to 20 decimals: an aggregate. -#}
{% macro statistics_exact_sum(x) -%}
    cast(sum(cast(least(greatest({{ x }}, -1e15), 1e15) as decimal(38, 20))) as double)
{%- endmacro %}
