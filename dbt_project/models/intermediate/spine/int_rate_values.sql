-- Rates: events per exposure, with Poisson limits (exact up to 100 events, Byar beyond) that are pulled apart by the
-- square root of the dispersion when the days vary more than chance. n is exposure: a quiet team has a rate of 0.
with

cells as (

    select * from {{ ref('int_cell_counts') }}

    where interval_method = 'poisson'

),

rates as (

    select * from {{ ref('int_rate_exposures') }}

),

entities as (

    select * from {{ ref('int_entities') }}

),

exposures as (

    select * from {{ ref('int_exposure_periods') }}

),

dispersions as (

    select * from {{ ref('int_rate_cells') }}

),

quantiles as (

    select * from {{ ref('poisson_quantiles') }}

),

joined as (

    select
        cells.*,
        entities.entity_type,
        rates.exposure_unit_seconds,
        coalesce(exposures.exposed_microseconds, 0) as exposed_microseconds,
        coalesce(exposures.exposed_days, 0) as exposed_days,
        cast(coalesce(exposures.exposed_microseconds, 0) as double) / 1e6 as exposed_seconds,
        cast(cells.numerator as double) as events,
        coalesce(dispersions.squares_per_second, 0e0) as squares_per_second,
        cast(coalesce(dispersions.exposed_events, 0) as double) as exposed_events,
        quantiles.low as exact_low,
        quantiles.high as exact_high
    from cells
    inner join rates
        on cells.metric_id = rates.metric_id and (cells.dimension is not null) = rates.of_dimension
    inner join entities
        on cells.entity_key = entities.entity_key
    left join exposures
        on
            cells.entity_key = exposures.entity_key
            and cells.period_key = exposures.period_key
            and rates.kind = exposures.kind
    left join dispersions
        on
            cells.entity_key = dispersions.entity_key
            and cells.period_key = dispersions.period_key
            and cells.metric_id = dispersions.metric_id
            and cells.dimension is not distinct from dispersions.dimension
            and cells.dimension_value is not distinct from dispersions.dimension_value
    left join quantiles
        on cells.numerator = quantiles.events

),

measured as (

    select
        *,
        exposed_seconds / exposure_unit_seconds as exposure,
        events / nullif(exposed_seconds / exposure_unit_seconds, 0e0) as rate,
        sqrt({{ statistics_dispersion(
            'events', 'exposed_seconds', 'squares_per_second', 'exposed_events', 'exposed_days'
        ) }}) as widening
    from joined
    where dimension is null or numerator > 0

)

select
    entity_key,
    period_key,
    metric_id,
    dimension,
    dimension_value,
    is_covered
    and not (
        metric_id = 'incident_rate'
        and entity_type in ('team', 'area')
        and exposed_microseconds = 0
    ) as is_covered,
    excluded,
    immature,
    minimum_n,
    events as numerator,
    exposure as denominator,
    {{ statistics_quotient('exposed_microseconds', '86400000000') }} as n,
    cast(0 as bigint) as censored,
    rate as value,
    case
        when exposed_microseconds > 0 then greatest(
            0e0, rate - (rate - {{ statistics_poisson_low('events', 'exact_low') }} / exposure) * widening
        )
    end as low,
    rate + ({{ statistics_poisson_high('events', 'exact_high') }} / nullif(exposure, 0e0) - rate) * widening as high
from measured
