{#- Quantiles of every cell at once, from merged buckets. `buckets` has the columns of `cell`, lower_bound_ms,
    upper_bound_ms (null: overflow) and requests (bigint). `permilles`: quantiles as so many in a thousand. Gives one row
    per cell and quantile: the request of rank ceil(q n) lies above `low` and at or below `high`, whatever the buckets of
    different histograms are: a bound is `high` when that many surely lie at or below it, and `low` when fewer possibly do.
    `value` lies between them by the rank, and is null with `high` where that request is beyond the last bound. -#}
{% macro statistics_histogram_quantile(buckets, cell, permilles) -%}
    select
        {{ cell }},
        permille,
        case
            when high is not null
                then low + (high - low) * cast(rank_sought - below as double) / cast(at_high - below as double)
        end as value,
        low,
        high
    from (
        select
            {{ cell }},
            permille,
            rank_sought,
            max(case when possibly < rank_sought then bound end) as low,
            max(case when possibly < rank_sought then surely end) as below,
            min(case when surely >= rank_sought then bound end) as high,
            min(case when surely >= rank_sought then surely end) as at_high
        from (
            select
                {{ cell }},
                bound,
                permille,
                {{ statistics_quotient('total * permille + 999', '1000') }} as rank_sought,
                cast(sum(ending) over (
                    partition by {{ cell }}, permille order by bound nulls last
                    rows between unbounded preceding and current row
                ) as bigint) as surely,
                cast(coalesce(sum(starting) over (
                    partition by {{ cell }}, permille order by bound nulls last
                    rows between unbounded preceding and 1 preceding
                ), 0) as bigint) as possibly
            from (
                select
                    {{ cell }},
                    bound,
                    cast(sum(ending) as bigint) as ending,
                    cast(sum(starting) as bigint) as starting,
                    cast(sum(sum(starting)) over (partition by {{ cell }}) as bigint) as total
                from (
                    select
                        {{ cell }},
                        upper_bound_ms as bound,
                        requests as ending,
                        cast(0 as bigint) as starting
                    from {{ buckets }}
                    where upper_bound_ms is not null
                    union all
                    select
                        {{ cell }},
                        lower_bound_ms as bound,
                        cast(0 as bigint) as ending,
                        requests as starting
                    from {{ buckets }}
                    union all
                    select distinct
                        {{ cell }},
                        0e0 as bound,
                        cast(0 as bigint) as ending,
                        cast(0 as bigint) as starting
                    from {{ buckets }}
                ) as edges
                group by {{ cell }}, bound
            ) as bounds
            cross join (
                {% for permille in permilles -%}
                select cast({{ permille }} as bigint) as permille
                {% if not loop.last %}union all{% endif %}
                {% endfor -%}
            ) as sought
        ) as cumulated
        where rank_sought > 0
        group by {{ cell }}, permille, rank_sought
    ) as found
{%- endmacro %}
