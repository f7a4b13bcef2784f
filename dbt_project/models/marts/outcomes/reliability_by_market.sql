-- What customers of a market say in a month, beside how reliable the market was in that month and in the three before:
-- the cells of both as they are published, and why two of them are no pair. A measure of no market has no row. Where a
-- market has no cell, the whole's says whether any source speaks of the metric.
{% set reliability_metrics = [
    'availability_requests', 'latency_within_target', 'market_outage_minutes', 'peak_latency'
] %}

with

catalogue as (

    select * from {{ ref('metric_catalogue') }}

),

cells as (

    select
        cells.metric_id,
        cells.dimension,
        cells.dimension_value as market,
        periods.period_start_on,
        periods.is_closed,
        cells.n,
        cells.value,
        cells.status,
        catalogue.interval_method = 'weighted' as is_outcome
    from {{ ref('int_cells') }} as cells
    inner join {{ ref('int_periods') }} as periods
        on cells.period_key = periods.period_key
    inner join {{ ref('int_entities') }} as entities
        on cells.entity_key = entities.entity_key
    inner join catalogue
        on cells.metric_id = catalogue.metric_id
    where
        coalesce(cells.dimension, 'market') = 'market'
        and periods.period_type = 'month'
        and entities.entity_type = 'portfolio'

),

asked as (

    {% for metric_id in reliability_metrics %}
    {% for lag in range(4) %}
    select
        market,
        metric_id as outcome_metric_id,
        period_start_on,
        is_closed,
        n as outcome_n,
        value as outcome_value,
        status as outcome_status,
        '{{ metric_id }}' as reliability_metric_id,
        cast({{ lag }} as bigint) as lag_months,
        {{ dates_minus_months('period_start_on', lag) }} as reliability_period_start_on
    from cells
    where is_outcome and dimension = 'market'
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

laid as (

    select
        asked.*,
        cells.value as reliability_value,
        coalesce(
            cells.status, case when wholes.status = 'missing_source' then wholes.status end
        ) as reliability_status
    from asked
    left join cells
        on
            asked.market = cells.market
            and asked.reliability_metric_id = cells.metric_id
            and asked.reliability_period_start_on = cells.period_start_on
            and cells.dimension = 'market'
    left join cells as wholes
        on
            asked.reliability_metric_id = wholes.metric_id
            and asked.reliability_period_start_on = wholes.period_start_on
            and wholes.dimension is null

)

select
    laid.market,
    laid.outcome_metric_id,
    laid.period_start_on,
    laid.reliability_metric_id,
    laid.lag_months,
    laid.reliability_period_start_on,
    laid.outcome_value,
    laid.outcome_n,
    laid.outcome_status,
    laid.reliability_value,
    catalogue.unit as reliability_unit,
    laid.reliability_status,
    case
        when not laid.is_closed then 'not_closed'
        when laid.outcome_status not in ('ok', 'provisional') then 'outcome_' || laid.outcome_status
        when laid.reliability_status is null then 'no_reliability'
        when laid.reliability_status not in ('ok', 'provisional') then 'reliability_' || laid.reliability_status
        when laid.reliability_value is null then 'not_reached'
    end as reason
from laid
inner join catalogue
    on laid.reliability_metric_id = catalogue.metric_id
