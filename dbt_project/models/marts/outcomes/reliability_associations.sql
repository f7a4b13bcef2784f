-- Whether what customers say goes with how reliable their market was: rank correlation of the pairs of
-- reliability_by_market, by market, and within all markets that have enough pairs (market null).
{% set cell = 'outcome_metric_id, reliability_metric_id, lag_months, market' %}
{% set minimum_pairs = 10 %}
{% set caveat = (
    'An association and no effect. What else changed from month to month is not held still, months are like those '
    ~ 'before them, and of 20 such intervals one leaves out 0 by chance.'
) %}

with

asked as (

    select
        {{ cell }},
        cast(sum(case when reason is not null then 1 else 0 end) as bigint) as excluded,
        max(case
            when coalesce(reliability_status, '') = 'missing_source' or outcome_status = 'missing_source' then 0 else 1
        end) as covered
    from {{ ref('reliability_by_market') }}
    group by {{ cell }}

),

pairs as (

    select
        {{ cell }},
        reliability_value as x,
        outcome_value as y
    from {{ ref('reliability_by_market') }}
    where reason is null

),

ranked as (

    {{ statistics_rank_sums('pairs', cell) }}

),

by_market as (

    select
        asked.*,
        coalesce(ranked.n, 0) as n,
        cast(ranked.x_squares as decimal(28, 15)) as x_squares,
        cast(ranked.y_squares as decimal(28, 15)) as y_squares,
        cast(ranked.products as decimal(28, 15)) as products
    from asked
    left join ranked
        on
            asked.outcome_metric_id = ranked.outcome_metric_id
            and asked.reliability_metric_id = ranked.reliability_metric_id
            and asked.lag_months = ranked.lag_months
            and asked.market = ranked.market

),

summed as (

    {% for scope, least in [('market', 1), ('cast(null as string)', minimum_pairs)] %}
    select
        outcome_metric_id,
        reliability_metric_id,
        lag_months,
        {{ scope }} as market,
        max(covered) = 1 as is_covered,
        cast(sum(excluded + case when n >= {{ least }} then 0 else n end) as bigint) as excluded,
        cast(sum(case when n >= {{ least }} then n else 0 end) as bigint) as n,
        cast(sum(case when n >= {{ least }} then 1 else 0 end) as bigint) as markets,
        cast(sum(case when n >= {{ least }} then x_squares end) as double) as x_squares,
        cast(sum(case when n >= {{ least }} then y_squares end) as double) as y_squares,
        cast(sum(case when n >= {{ least }} then products end) as double) as products
    from by_market
    group by outcome_metric_id, reliability_metric_id, lag_months{{ ', market' if scope == 'market' }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- Each market beyond the first costs a pair: its own level is estimated.
correlated as (

    select
        *,
        n - greatest(markets - 1, 0) as effective_n,
        {{ statistics_rank_correlation('x_squares', 'y_squares', 'products') }} as correlation
    from summed

),

judged as (

    select
        *,
        case
            when effective_n >= {{ minimum_pairs }} and correlation is null then 'no_exposure'
            else {{ statistics_status('is_covered', '0', 'excluded', 'effective_n', minimum_pairs) }}
        end as status
    from correlated

)

select
    {{ cell }},
    n,
    markets,
    excluded,
    case when status in ('ok', 'provisional') then correlation end as correlation,
    {% for side, limit in [('low', statistics_rank_correlation_low), ('high', statistics_rank_correlation_high)] -%}
    case
        when status in ('ok', 'provisional') then {{ limit('correlation', 'effective_n') }}
    end as correlation_{{ side }},
    {% endfor -%}
    status,
    '{{ caveat }}' as caveat
from judged
