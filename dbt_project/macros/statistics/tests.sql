{#- Tests of counts: upper tails, what others' counts let expect, and false discovery rates. Checked against scipy in
    tests/unit/test_statistics_tests.py. Arguments are SQL expressions; counts are bigints, shares are doubles. -#}

{#- Logarithm of the gamma function for x above 0 (Stirling's series behind ten steps of the recurrence: Abramowitz and
    Stegun 6.1.41, 6.1.15). `x` is the name of a column, of type double. The relative error is below 2e-15 from 3 on and
    the absolute one below 2e-14 before, up to 1e7. -#}
{% macro statistics_ln_gamma(x) -%}
    (
        ({{ x }} + 9.5e0) * {{ statistics_ln(x ~ ' + 1e1') }} - ({{ x }} + 1e1) + 9.1893853320467274e-1
        + (1e0 / 12e0
            - (1e0 / 360e0 - (1e0 / 1260e0 - (1e0 / 1680e0 - 1e0 / 1188e0 / power({{ x }} + 1e1, 2))
                / power({{ x }} + 1e1, 2)) / power({{ x }} + 1e1, 2))
            / power({{ x }} + 1e1, 2)
        ) / ({{ x }} + 1e1)
        {%- for step in range(10) %} - {{ statistics_ln(x ~ ' + ' ~ step ~ 'e0') }}{% endfor %}
    )
{%- endmacro %}

{#- P(X >= suspicious) for every row of a relation with test_key, suspicious, n, share (between 0 and 1, neither
    included) and spread: X is binomial where the spread is 0, else beta-binomial, whose spread is the correlation of two
    of the n, 1 / (a + b + 1) (Skellam 1948). Gives test_key and p_value. Masses are summed as decimals of 18 digits, so
    that no order of rows changes a bit: the absolute error is below 1e-14 for n up to a thousand, and a p below 1e-18 is 0.
    Masses are relative to 1e-9 for n up to 1e5. -#}
{% macro statistics_upper_tails(tests) -%}
    select
        test_key,
        least(1e0, cast(sum(cast(mass as decimal(38, 18))) as double)) as p_value
    from (
        select
            test_key,
            case
                when suspicious = 0 then 1e0
                when spread = 0e0
                    then exp(
                        gamma_n1 - gamma_x1 - gamma_y1 + x * {{ statistics_ln('share') }}
                        + y * {{ statistics_ln('1e0 - share') }}
                    )
                else exp(
                    gamma_n1 - gamma_x1 - gamma_y1 + gamma_xa + gamma_yb - gamma_nab - gamma_a - gamma_b + gamma_ab
                )
            end as mass
        from (
            select
                *,
                {%- for name in ['n1', 'x1', 'y1', 'xa', 'yb', 'nab', 'a', 'b', 'ab'] %}
                {{ statistics_ln_gamma('arg_' ~ name) }} as gamma_{{ name }}{{ ',' if not loop.last }}
                {%- endfor %}
            from (
                select
                    *,
                    x + 1e0 as arg_x1,
                    y + 1e0 as arg_y1,
                    n + 1e0 as arg_n1,
                    x + alpha as arg_xa,
                    y + beta as arg_yb,
                    n + alpha + beta as arg_nab,
                    alpha as arg_a,
                    beta as arg_b,
                    alpha + beta as arg_ab
                from (
                    select
                        *,
                        cast(x_count as double) as x,
                        cast(n - x_count as double) as y,
                        case when spread = 0e0 then 1e0 else share * (1e0 - spread) / spread end as alpha,
                        case when spread = 0e0 then 1e0 else (1e0 - share) * (1e0 - spread) / spread end as beta
                    from (
                        select
                            test_key,
                            suspicious,
                            n,
                            share,
                            spread,
                            {{ statistics_integers('suspicious', 'case when suspicious = 0 then 0 else n end') }} as x_count
                        from {{ tests }}
                    ) as exploded
                ) as shaped
            ) as arguments
        ) as gammas
    ) as masses
    group by test_key
{%- endmacro %}

{#- What a group of counts (hits among n, over `groups` of them) lets expect of another: its share, with half an event
    added (Jeffreys), never 0 or 1. -#}
{% macro statistics_expected_share(hits, n) -%}
    ((cast({{ hits }} as double) + 5e-1) / (cast({{ n }} as double) + 1e0))
{%- endmacro %}

{#- How far a share may stray from that, as the spread of a beta-binomial: how the groups' own shares differ, beyond
    chance, by moments (Kleinman 1973, weighted by n), and that the expectation itself was counted. `quotients` is the sum over
    groups of hits^2 / n in millionths, `squares` of n^2. -#}
{% macro statistics_spread(hits, n, groups, quotients, squares) -%}
    least(
        95e-2,
        {{ statistics_between(hits, n, groups, quotients, squares) }}
        * (1e0 + cast({{ squares }} as double) / (cast({{ n }} as double) * cast({{ n }} as double)))
        + (1e0 - {{ statistics_between(hits, n, groups, quotients, squares) }}) / (cast({{ n }} as double) + 2e0)
    )
{%- endmacro %}

{#- The correlation within groups by moments; 0 where there is only one, or they differ by less than chance. -#}
{% macro statistics_between(hits, n, groups, quotients, squares) -%}
    {%- set share = statistics_expected_share(hits, n) -%}
    {%- set size = 'cast(' ~ n ~ ' as double)' -%}
    {%- set degrees = '(cast(' ~ groups ~ ' as double) - 1e0)' -%}
    {%- set room = '(' ~ size ~ ' - cast(' ~ squares ~ ' as double) / ' ~ size ~ ' - ' ~ degrees ~ ')' -%}
    case
        when {{ groups }} < 2 or {{ room }} <= 0e0 then 0e0
        else greatest(0e0, least(9e-1, (
            (cast({{ quotients }} as double) / 1e6 - cast({{ hits }} as double) * cast({{ hits }} as double) / {{ size }})
            / ({{ share }} * (1e0 - {{ share }})) - {{ degrees }}
        ) / {{ room }}))
    end
{%- endmacro %}

{#- Rows of a relation with q_value: the least false discovery rate at which a row's p_value is rejected among those of the
    same `by` (Benjamini and Hochberg 1995). A row without a p_value is no test, and has none. -#}
{% macro statistics_false_discoveries(rows_of, by) -%}
    select
        *,
        case
            when p_value is not null
                then least(1e0, min(p_value * cast(tests as double) / cast(p_rank as double)) over (
                    partition by {{ by }} order by p_value desc nulls last
                    range between unbounded preceding and current row
                ))
        end as q_value
    from (
        select
            *,
            count(p_value) over (partition by {{ by }}) as tests,
            count(p_value) over (
                partition by {{ by }} order by p_value asc nulls last
                range between unbounded preceding and current row
            ) as p_rank
        from {{ rows_of }}
    ) as ranked
{%- endmacro %}
