{#- Rank correlation of every cell at once, within strata (Spearman 1904, ties by mid-ranks; Taylor 1987 for strata): levels
    of a stratum are no part of it. Checked against scipy, and for coverage, in tests/unit/test_statistics_associations.py. -#}

{#- `pairs` has one row per pair: the columns of `cell` (the stratum among them), x and y (double). Gives one row per cell:
    n, and the sums of squares and products of its mid-ranks about their mean, over (n + 1)^2, so that a stratum weighs
    by its pairs and not by their cube. Twice a mid-rank is an integer. What agrees to nine decimals is a tie: last digits
    decide nothing. -#}
{% macro statistics_rank_sums(pairs, cell) -%}
    select
        {{ cell }},
        n,
        cast(sum(x_rank * x_rank) as double) / cast((n + 1) * (n + 1) as double) as x_squares,
        cast(sum(y_rank * y_rank) as double) / cast((n + 1) * (n + 1) as double) as y_squares,
        cast(sum(x_rank * y_rank) as double) / cast((n + 1) * (n + 1) as double) as products
    from (
        select
            {{ cell }},
            cast(count(*) over (partition by {{ cell }}) as bigint) as n,
            {{ statistics_centred_rank('x', cell) }} as x_rank,
            {{ statistics_centred_rank('y', cell) }} as y_rank
        from (
            select
                {{ cell }},
                cast(x as decimal(28, 9)) as x,
                cast(y as decimal(28, 9)) as y
            from {{ pairs }}
        ) as rounded
    ) as ranked
    group by {{ cell }}, n
{%- endmacro %}

{#- Twice the mid-rank of a value in its cell, less its mean. -#}
{% macro statistics_centred_rank(value, cell) -%}
    cast(
        2 * rank() over (partition by {{ cell }} order by {{ value }} nulls last)
        + count(*) over (partition by {{ cell }}, {{ value }})
        - count(*) over (partition by {{ cell }}) - 2
        as bigint
    )
{%- endmacro %}

{#- The correlation; null where one of the two never varied. Within a billionth of none, or of a perfect order, it is that. -#}
{% macro statistics_rank_correlation(x_squares, y_squares, products) -%}
    case
        when {{ x_squares }} <= 0e0 or {{ y_squares }} <= 0e0 then null
        when abs({{ products }}) < 1e-9 * sqrt({{ x_squares }} * {{ y_squares }}) then 0e0
        when {{ products }} > (1e0 - 1e-9) * sqrt({{ x_squares }} * {{ y_squares }}) then 1e0
        when {{ products }} < (1e-9 - 1e0) * sqrt({{ x_squares }} * {{ y_squares }}) then -1e0
        else {{ products }} / sqrt({{ x_squares }} * {{ y_squares }})
    end
{%- endmacro %}

{#- 95 % limits by Fisher's z, with the standard error of Bonett and Wright 2000: sqrt((1 + r^2 / 2) / (n - 3)). `n` is less
    by one for every stratum beyond the first (Fisher 1924, of partial correlations). A perfect order has no finite z,
    and no limits. -#}
{% macro statistics_rank_correlation_low(r, n) -%}
    {{ statistics_tanh(statistics_fisher_z(r) ~ ' - ' ~ statistics_fisher_half(r, n)) }}
{%- endmacro %}

{% macro statistics_rank_correlation_high(r, n) -%}
    {{ statistics_tanh(statistics_fisher_z(r) ~ ' + ' ~ statistics_fisher_half(r, n)) }}
{%- endmacro %}

{% macro statistics_fisher_z(r) -%}
    0.5e0 * {{ statistics_ln('(1e0 + ' ~ r ~ ') / nullif(1e0 - ' ~ r ~ ', 0e0)') }}
{%- endmacro %}

{% macro statistics_fisher_half(r, n) -%}
    {{ statistics_z() }} * sqrt((1e0 + {{ r }} * {{ r }} / 2e0) / cast(case when {{ n }} > 3 then {{ n }} - 3 end as double))
{%- endmacro %}

{#- By e to the power of a number that is never above 0, so that nothing overflows. -#}
{% macro statistics_tanh(z) -%}
    case
        when {{ z }} >= 0e0 then (1e0 - exp(-2e0 * ({{ z }}))) / (1e0 + exp(-2e0 * ({{ z }})))
        else (exp(2e0 * ({{ z }})) - 1e0) / (exp(2e0 * ({{ z }})) + 1e0)
    end
{%- endmacro %}
