-- How far teams differ beyond chance in a metric of a period: the variance between them by the method of moments
-- (DerSimonian and Laird 1986), on the scale on which it is fitted. Weights are stated beside the greatest, and
-- distances in the least standard error, so that sums of decimals keep their digits; needs two teams.
with

cells as (

    select * from {{ ref('int_score_cells') }}
    where entity_type = 'team' and portfolio_fitted is not null and variance > 0e0

),

least_of as (

    select
        period_key,
        metric_id,
        min(variance) as variance
    from cells
    group by period_key, metric_id

),

scaled as (

    select
        cells.period_key,
        cells.metric_id,
        least_of.variance as least_variance,
        least_of.variance / cells.variance as weight,
        (cells.fitted - cells.portfolio_fitted) / sqrt(least_of.variance) as distance
    from cells
    inner join least_of
        on
            cells.period_key = least_of.period_key
            and cells.metric_id = least_of.metric_id

),

sums as (

    select
        period_key,
        metric_id,
        count(*) as teams,
        {{ statistics_exact_sum('weight') }} as weights,
        {{ statistics_exact_sum('weight * weight') }} as squares,
        {{ statistics_exact_sum('weight * distance') }} as distances
    from scaled
    group by period_key, metric_id

),

heterogeneity as (

    select
        scaled.period_key,
        scaled.metric_id,
        max(scaled.least_variance) as least_variance,
        {{ statistics_exact_sum(
            'scaled.weight * power(scaled.distance - sums.distances / sums.weights, 2)'
        ) }} as q
    from scaled
    inner join sums
        on
            scaled.period_key = sums.period_key
            and scaled.metric_id = sums.metric_id
    group by scaled.period_key, scaled.metric_id

)

select
    sums.period_key,
    sums.metric_id,
    sums.teams,
    heterogeneity.least_variance * greatest(
        0e0,
        (heterogeneity.q - cast(sums.teams - 1 as double)) / (sums.weights - sums.squares / sums.weights)
    ) as spread
from sums
inner join heterogeneity
    on
        sums.period_key = heterogeneity.period_key
        and sums.metric_id = heterogeneity.metric_id
where sums.teams > 1 and sums.weights > sums.squares / sums.weights
