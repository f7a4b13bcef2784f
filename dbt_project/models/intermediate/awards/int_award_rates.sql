-- Rates against the baseline: given how many events there were in all, those of the worse side are binomial by the
-- shares of the exposure (Przyborowski and Wilenski 1940). Where days vary by more than chance, events count as many as
-- their dispersion leaves: divided by the greatest of the quarters that are compared, and rounded down (what is within
-- a ten millionth of a whole number is one).
with

cells as (

    select * from {{ ref('int_award_cells') }}
    where interval_method = 'poisson'

),

rates as (

    select * from {{ ref('int_rate_exposures') }}
    where not of_dimension

),

counts as (

    select * from {{ ref('int_cell_counts') }}
    where dimension is null

),

exposures as (select * from {{ ref('int_exposure_periods') }}),

dispersions as (

    select * from {{ ref('int_rate_cells') }}
    where dimension is null

),

parts as (

    select
        cells.comparison_key,
        cells.is_new,
        cells.better,
        counts.numerator as events,
        exposures.exposed_microseconds,
        {{ statistics_dispersion(
            'cast(counts.numerator as double)',
            'cast(exposures.exposed_microseconds as double) / 1e6',
            'coalesce(dispersions.squares_per_second, 0e0)',
            'cast(coalesce(dispersions.exposed_events, 0) as double)',
            'exposures.exposed_days'
        ) }} as dispersion
    from cells
    inner join rates
        on cells.metric_id = rates.metric_id
    inner join counts
        on
            cells.entity_key = counts.entity_key
            and cells.period_key = counts.period_key
            and cells.metric_id = counts.metric_id
    inner join exposures
        on
            cells.entity_key = exposures.entity_key
            and cells.period_key = exposures.period_key
            and rates.kind = exposures.kind
    left join dispersions
        on
            cells.entity_key = dispersions.entity_key
            and cells.period_key = dispersions.period_key
            and cells.metric_id = dispersions.metric_id

),

summed as (

    select
        comparison_key,
        better,
        max(dispersion) as dispersion,
        {% for side, test in [('new', 'is_new'), ('old', 'not is_new')] %}
        cast(sum(case when {{ test }} then events else 0 end) as bigint) as {{ side }}_events,
        cast(sum(case when {{ test }} then exposed_microseconds else 0 end) as bigint) as {{ side }}_exposure,
        {% endfor %}
        cast(sum(exposed_microseconds) as bigint) as exposure
    from parts
    group by comparison_key, better

),

thinned as (

    select
        *,
        {% for side in ['new', 'old'] %}
        cast(cast(greatest(0e0, cast({{ side }}_events as double) / dispersion - 4.999999e-1) as decimal(18, 0)) as bigint)
            as {{ side }}_counted{{ ',' if not loop.last }}
        {% endfor %}
    from summed

),

tests as (

    select
        comparison_key as test_key,
        case better when 'up' then new_counted else old_counted end as hits,
        new_counted + old_counted as n,
        cast(0 as bigint) as all_hits,
        cast(0 as bigint) as all_n,
        cast(case better when 'up' then new_exposure else old_exposure end as double) / cast(exposure as double)
            as share
    from thinned

),

tails as (

    {{ statistics_exact_tails('tests') }}

)

select
    summed.comparison_key,
    case summed.better
        when 'up' then 1e0 else -1e0
    end * (
        cast(summed.new_events as double) * cast(summed.old_exposure as double)
        - cast(summed.old_events as double) * cast(summed.new_exposure as double)
    ) > 0e0 as is_better,
    tails.p_value
from summed
inner join tails
    on summed.comparison_key = tails.test_key
