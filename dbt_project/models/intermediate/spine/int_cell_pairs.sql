-- Every shown cell of a closed period beside the cell of the same key one period before (previous_status null: there is
-- none). A period that can still grow is compared once, when it is over: asked anew each day, it would some day say
-- better or worse by chance. Durations are compared by their quotient, which a value of 0 has not; all else by the
-- difference. Of percentiles beside a share less is better, whatever the share's direction.
with

cells as (

    select
        cells.*,
        coalesce(catalogue.interval_method = 'jackknife' and cells.dimension = 'statistic', false) as is_percentile
    from {{ ref('int_cells') }} as cells
    inner join {{ ref('metric_catalogue') }} as catalogue
        on cells.metric_id = catalogue.metric_id

),

periods as (

    select
        period_key,
        is_closed,
        lag(period_key) over (
            partition by period_type order by period_start_on nulls last
        ) as previous_period_key
    from {{ ref('int_periods') }}

),

catalogue as (

    select * from {{ ref('metric_catalogue') }}

)

select
    cells.entity_key,
    cells.period_key,
    cells.metric_id,
    cells.dimension,
    cells.dimension_value,
    case when cells.is_percentile then 'ms' else catalogue.unit end as unit,
    case when cells.is_percentile then 'down' else catalogue.better end as better,
    cells.value,
    cells.low,
    cells.high,
    previous.status as previous_status,
    previous.value as previous_value,
    previous.low as previous_low,
    previous.high as previous_high,
    case
        when cells.value is null or previous.value is null then null
        when catalogue.interval_method = 'kaplan_meier' and cells.value > 0 and previous.value > 0 then 'ratio'
        else 'difference'
    end as change_kind
from cells
inner join periods
    on cells.period_key = periods.period_key
inner join catalogue
    on cells.metric_id = catalogue.metric_id
left join cells as previous
    on
        cells.entity_key = previous.entity_key
        and periods.previous_period_key = previous.period_key
        and cells.metric_id = previous.metric_id
        and cells.dimension is not distinct from previous.dimension
        and cells.dimension_value is not distinct from previous.dimension_value
where
    periods.is_closed
    and cells.status in ('ok', 'provisional')
