-- Every metric of the policy for a team, an area or the portfolio: its cell, its goals, and its number as it is fitted:
-- a share and a rate with the variance that they would have if they were the portfolio's, a duration as a logarithm.
{{ config(materialized='table') }}

with

goals as (select * from {{ ref('int_score_goals') }}),

cells as (

    select * from {{ ref('int_cells') }}
    where dimension is null

),

catalogue as (select * from {{ ref('metric_catalogue') }}),

entities as (select * from {{ ref('int_entities') }}),

quantiles as (select * from {{ ref('poisson_quantiles') }}),

excepted as (select * from {{ ref('int_excepted_periods') }}),

phases as (select * from {{ ref('int_rollout_phases') }}),

joined as (

    select
        {% for column in [
            'entity_key', 'period_key', 'metric_id', 'policy_version', 'pillar', 'pillar_weight',
            'excuses_no_exposure', 'tier_1_days', 'tier_2_days', 'tier_3_days', 'tier_4_days', 'tier_unknown_days',
            'floor', 'target', 'weight', 'minimum_n'
        ] -%}
        goals.{{ column }},
        {% endfor -%}
        entities.entity_type,
        catalogue.better,
        case catalogue.interval_method
            when 'wilson' then 'share' when 'poisson' then 'rate' when 'kaplan_meier' then 'time' else 'number'
        end as family,
        coalesce(catalogue.value_scale, 1e0) as scale,
        cells.numerator,
        cells.denominator,
        cells.n,
        cells.value,
        cells.low,
        cells.high,
        cells.status as cell_status,
        excepted.metric_id is not null as is_excepted,
        phases.phase as rollout_phase,
        coalesce(cells.value is not null and cells.n >= goals.minimum_n, false) as has_number,
        quantiles.high as exact_high
    from goals
    inner join cells
        on
            goals.entity_key = cells.entity_key
            and goals.period_key = cells.period_key
            and goals.metric_id = cells.metric_id
    inner join entities
        on goals.entity_key = entities.entity_key
    inner join catalogue
        on goals.metric_id = catalogue.metric_id
    left join excepted
        on
            goals.entity_key = excepted.entity_key
            and goals.period_key = excepted.period_key
            and goals.metric_id = excepted.metric_id
    left join phases
        on
            goals.entity_key = phases.entity_key
            and goals.period_key = phases.period_key
    left join quantiles
        on cells.numerator = cast(quantiles.events as double)

),

fitted as (

    select
        *,
        case when has_number and family = 'time' then {{ statistics_log_time('value') }} when has_number then value end
            as fitted,
        case
            when not has_number then null
            when family = 'share' then denominator
            when family = 'rate' then denominator / power(
                {{ statistics_widening('numerator', 'denominator', 'value', 'high', 'exact_high') }}, 2
            )
        end as strength,
        case
            when not has_number then null
            when family = 'time' then {{ statistics_error_of_limits(
                statistics_log_time('value'), statistics_log_time('low'), statistics_log_time('high')
            ) }}
            when family = 'number' then {{ statistics_error_of_limits('value', 'low', 'high') }}
        end as error,
        case
            when cell_status not in ('ok', 'provisional') then cell_status
            when n < minimum_n then 'insufficient'
            when value is null then 'not_reached'
            else cell_status
        end as number_status
    from joined

)

select
    fitted.*,
    case
        when fitted.weight is null then 'shown'
        when fitted.rollout_phase is not null then fitted.rollout_phase
        when fitted.is_excepted then 'excepted'
        else fitted.number_status
    end as status,
    fitted.weight is not null
    and fitted.rollout_phase is null
    and (fitted.is_excepted or (fitted.number_status = 'no_exposure' and fitted.excuses_no_exposure)) as is_excused,
    portfolio.fitted as portfolio_fitted,
    case fitted.family
        when 'share' then portfolio.fitted * (fitted.scale - portfolio.fitted) / fitted.strength
        when 'rate' then portfolio.fitted / fitted.strength
        else fitted.error * fitted.error
    end as variance
from fitted
left join fitted as portfolio
    on
        fitted.period_key = portfolio.period_key
        and fitted.metric_id = portfolio.metric_id
        and portfolio.entity_type = 'portfolio'
