{#- One-sided tests of counts and times against a baseline. Checked against scipy and lifelines in
    tests/unit/test_statistics_proportions.py. -#}

{#- Logarithm of x!, x the name of a column of whole doubles: Stirling's series ten steps higher (Abramowitz and Stegun
    6.1.41), absolute error below 1e-13 up to a thousand, relative below 1e-15 beyond. -#}
{% macro statistics_log_factorial(x) -%}
    (
        ({{ x }} + 10.5e0) * {{ statistics_ln(x ~ ' + 1e1') }} - ({{ x }} + 1e1) + 9.1893853320467274e-1
        + (1e0 - (1e0 - (2e0 / 7e0 - (3e0 / 14e0 - 1e1 / 33e0 / power({{ x }} + 1e1, 2)) / power({{ x }} + 1e1, 2))
            / power({{ x }} + 1e1, 2)) / 3e1 / power({{ x }} + 1e1, 2)) / 12e0 / ({{ x }} + 1e1)
        - {{ statistics_ln(statistics_ten_factors(x)) }}
    )
{%- endmacro %}

{% macro statistics_ten_factors(x) -%}
    {%- set factors = [] -%}
    {%- for step in range(1, 11) -%}{%- do factors.append('(' ~ x ~ ' + ' ~ step ~ 'e0)') -%}{%- endfor -%}
    {{ factors | join(' * ') }}
{%- endmacro %}

{#- How likely as many hits or more are by chance, for every row of a relation with test_key, hits, n, all_hits, all_n
    and share, all counts bigint. Without a share they are hits among n of all_n, all_hits of which hit (Fisher 1935,
    hypergeometric); with one, n events of which each hits with that probability (binomial: the comparison of two
    Poisson rates given their sum, Przyborowski and Wilenski 1940). Gives test_key and p_value. Masses are summed as
    decimals of 18 digits, so that no order of rows changes a bit; a p below 1e-18 is 0. -#}
{% macro statistics_exact_tails(tests) -%}
    {%- set faculties = {
        'k': 'k', 'n_rest': 'n - k', 'n': 'n', 'hits_rest': 'all_hits - k', 'hits': 'all_hits',
        'misses': 'all_n - all_hits', 'misses_rest': 'all_n - all_hits - n + k', 'all': 'all_n', 'others': 'all_n - n',
    } %}
    select
        test_key,
        least(1e0, cast(sum(cast(
            case
                when is_certain then 1e0
                when share is null
                    then exp(
                        log_hits - log_k - log_hits_rest + log_misses - log_n_rest - log_misses_rest
                        - log_all + log_n + log_others
                    )
                else exp(
                    log_n - log_k - log_n_rest + cast(k as double) * {{ statistics_ln('share') }}
                    + cast(n - k as double) * {{ statistics_ln('1e0 - share') }}
                )
            end as decimal(38, 18)
        )) as double)) as p_value
    from (
        select
            test_key,
            is_certain,
            share,
            n,
            k,
            {% for name in faculties %}
            {{ statistics_log_factorial('of_' ~ name) }} as log_{{ name }}{{ ',' if not loop.last }}
            {% endfor %}
        from (
            select
                test_key,
                is_certain,
                share,
                n,
                k,
                {% for name, count in faculties.items() %}
                cast({{ count }} as double) as of_{{ name }}{{ ',' if not loop.last }}
                {% endfor %}
            from (
                select
                    test_key,
                    share,
                    n,
                    case when share is null then all_hits else n end as all_hits,
                    case when share is null then all_n else n end as all_n,
                    hits <= least_hits as is_certain,
                    {{ statistics_integers('hits', 'case when hits <= least_hits then hits else most_hits end') }} as k
                from (
                    select
                        *,
                        case when share is null then greatest(0, n + all_hits - all_n) else 0 end as least_hits,
                        case when share is null then least(n, all_hits) else n end as most_hits
                    from {{ tests }}
                ) as bounded
            ) as exploded
        ) as counted
    ) as faculties
    group by test_key
{%- endmacro %}

{#- How likely a standard normal variable is at z or above: half of erfc(z / sqrt(2)), by the rational functions of
    Cephes (Moshier 1989, ndtr.c); relative error below 1e-14 up to z = 37. `z` is the name of a column. -#}
{% macro statistics_normal_tail(z) -%}
    {%- set x = '(abs(' ~ z ~ ') * 7.0710678118654752e-1)' -%}
    {%- set p = ['2.46196981473530512524e-10', '5.64189564831068821977e-1', '7.46321056442269912687e0',
        '4.86371970985681366614e1', '1.96520832956077098242e2', '5.26445194995477358631e2', '9.34528527171957607540e2',
        '1.02755188689515710272e3', '5.57535335369399327526e2'] -%}
    {%- set q = ['1e0', '1.32281951154744992508e1', '8.67072140885989742329e1', '3.54937778887819891062e2',
        '9.75708501743205489753e2', '1.82390916687909736289e3', '2.24633760818710981792e3', '1.65666309194161350182e3',
        '5.57535340817727675546e2'] -%}
    {%- set r = ['5.64189583547755073984e-1', '1.27536670759978104416e0', '5.01905042251180477414e0',
        '6.16021097993053585195e0', '7.40974269950448939160e0', '2.97886665372100240670e0'] -%}
    {%- set s = ['1e0', '2.26052863220117276590e0', '9.39603524938001434673e0', '1.20489539808096656605e1',
        '1.70814450747565897222e1', '9.60896809063285878198e0', '3.36907645100081516050e0'] -%}
    {%- set t = ['9.60497373987051638749e0', '9.00260197203842689217e1', '2.23200534594684319226e3',
        '7.00332514112805075473e3', '5.55923013010394962768e4'] -%}
    {%- set u = ['1e0', '3.35617141647503099647e1', '5.21357949780152679795e2', '4.59432382970980127987e3',
        '2.26290000613890934246e4', '4.92673942608635921086e4'] -%}
    {%- set square = x ~ ' * ' ~ x -%}
    (
        case
            when {{ x }} < 1e0
                then 5e-1 - case when {{ z }} < 0e0 then -5e-1 else 5e-1 end * {{ x }}
                    * {{ statistics_horner(t, square) }} / {{ statistics_horner(u, square) }}
            when {{ z }} < 0e0 then 1e0 - 5e-1 * {{ statistics_far_tail(x, square, p, q, r, s) }}
            else 5e-1 * {{ statistics_far_tail(x, square, p, q, r, s) }}
        end
    )
{%- endmacro %}

{% macro statistics_far_tail(x, square, p, q, r, s) -%}
    exp(-{{ square }}) * case
        when {{ x }} < 8e0 then {{ statistics_horner(p, x) }} / {{ statistics_horner(q, x) }}
        else {{ statistics_horner(r, x) }} / {{ statistics_horner(s, x) }}
    end
{%- endmacro %}

{#- A polynomial by Horner's rule, the coefficient of the highest power first. -#}
{% macro statistics_horner(coefficients, x) -%}
    {%- set sum = namespace(sql=coefficients[0]) -%}
    {%- for coefficient in coefficients[1:] -%}
        {%- set sum.sql = '(' ~ sum.sql ~ ' * ' ~ x ~ ' + ' ~ coefficient ~ ')' -%}
    {%- endfor -%}
    {{ return(sum.sql) }}
{%- endmacro %}

{#- The log-rank test of every cell at once (Mantel 1966). `subjects` has one row per subject: the column of `cell`,
    `duration` (bigint), `is_event` (false: censored) and `is_new`. Gives the cell and z: how many standard deviations
    the new ones end more often than expected, so that above 0 they are quicker; no row for a cell in which nothing could
    differ. Sums are of decimals, so that no order of rows changes a bit. -#}
{% macro statistics_log_rank(subjects, cell) -%}
    select
        {{ cell }},
        cast(sum(cast(new_events - expected as decimal(38, 18))) as double)
        / sqrt(nullif(cast(sum(cast(variance as decimal(38, 18))) as double), 0e0)) as z
    from (
        select
            {{ cell }},
            cast(new_events as double) as new_events,
            cast(events as double) * cast(new_at_risk as double) / cast(at_risk as double) as expected,
            case
                when at_risk > 1
                    then
                        cast(events as double) * cast(new_at_risk as double) / cast(at_risk as double)
                        * cast(at_risk - new_at_risk as double) / cast(at_risk as double)
                        * cast(at_risk - events as double) / cast(at_risk - 1 as double)
                else 0e0
            end as variance
        from (
            select
                {{ cell }},
                events,
                new_events,
                {% for side in ['', 'new_'] %}
                cast(sum({{ side }}subjects) over (
                    partition by {{ cell }} order by duration desc nulls last
                    rows between unbounded preceding and current row
                ) as bigint) as {{ side }}at_risk{{ ',' if not loop.last }}
                {% endfor %}
            from (
                select
                    {{ cell }},
                    duration,
                    count(*) as subjects,
                    count(case when is_new then 1 end) as new_subjects,
                    count(case when is_event then 1 end) as events,
                    count(case when is_event and is_new then 1 end) as new_events
                from {{ subjects }}
                group by {{ cell }}, duration
            ) as durations
        ) as risks
        where events > 0
    ) as steps
    group by {{ cell }}
    having sum(cast(variance as decimal(38, 18))) > 0
{%- endmacro %}

{#- Whole part of a double that is not below 0; what is within a ten millionth of a whole number is that. -#}
{% macro statistics_whole_part(x) -%}
    cast(cast(greatest(0e0, {{ x }} - 4.999999e-1) as decimal(18, 0)) as bigint)
{%- endmacro %}

{#- A share below 1 as text with six decimals, as whole millionths are written on every engine: 0.000321. -#}
{% macro millionths_as_text(share) -%}
    '0.' || substr(cast(1000000 + {{ statistics_millionths('least(' ~ share ~ ', 999999e-6)') }} as string), 2)
{%- endmacro %}
