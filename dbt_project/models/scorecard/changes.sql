-- Is it better than the period before, and is it real: the change of every shown cell, its limits and a verdict.
with

pairs as (

    select * from {{ ref('int_cell_pairs') }}

),

entities as (

    select * from {{ ref('int_entities') }}

),

periods as (

    select * from {{ ref('int_periods') }}

),

measured as (

    select
        *,
        case change_kind
            when 'ratio' then value / previous_value
            when 'difference' then value - previous_value
        end as change,
        case change_kind
            when 'ratio' then {{ statistics_ratio_low('value', 'low', 'previous_value', 'previous_high') }}
            when 'difference' then {{ statistics_difference_low('value', 'low', 'previous_value', 'previous_high') }}
        end as change_low,
        case change_kind
            when 'ratio' then {{ statistics_ratio_high('value', 'high', 'previous_value', 'previous_low') }}
            when 'difference' then {{ statistics_difference_high('value', 'high', 'previous_value', 'previous_low') }}
        end as change_high
    from pairs

),

-- A limit within a billionth of no change is no change: last digits decide nothing.
directed as (

    select
        *,
        case
            when change_kind = 'ratio' and change_low > 1e0 + 1e-9 then 'up'
            when change_kind = 'ratio' and change_high < 1e0 - 1e-9 then 'down'
            when
                change_kind = 'difference' and change_low > 1e-9 * greatest(abs(value), abs(previous_value))
                then 'up'
            when
                change_kind = 'difference' and change_high < -1e-9 * greatest(abs(value), abs(previous_value))
                then 'down'
        end as direction
    from measured

)

select
    entities.entity_type,
    entities.entity_id,
    entities.entity_name,
    directed.metric_id,
    periods.period_type,
    periods.period_start_on,
    periods.is_closed,
    directed.dimension,
    directed.dimension_value,
    directed.value,
    directed.previous_value,
    directed.change_kind,
    directed.change,
    directed.change_low,
    directed.change_high,
    case directed.change_kind when 'ratio' then 'x' when 'difference' then directed.unit end as change_unit,
    case
        when directed.change is null or directed.better = 'context only' then null
        when directed.direction is null then 'unclear'
        when directed.direction = directed.better then 'better'
        else 'worse'
    end as verdict,
    case
        when directed.previous_status is null then 'no_previous'
        when directed.previous_status not in ('ok', 'provisional') then 'previous_' || directed.previous_status
        when directed.change is null then 'not_reached'
        when directed.better = 'context only' then 'context_only'
        when directed.change_low is null and directed.change_high is null then 'no_interval'
    end as reason
from directed
inner join entities
    on directed.entity_key = entities.entity_key
inner join periods
    on directed.period_key = periods.period_key
