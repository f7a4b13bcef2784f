-- The score of every metric: its number pulled toward the portfolio's by as much as chance may have moved it, held
-- against floor and target. The portfolio itself, a metric of which teams' spread is not known, and a number without a
-- standard error stay where they are.
{{ config(materialized='table') }}

with

cells as (select * from {{ ref('int_score_cells') }}),

spreads as (select * from {{ ref('int_score_spreads') }}),

weighed as (

    select
        cells.*,
        case
            when not cells.has_number then null
            when
                cells.entity_type = 'portfolio' or spreads.spread is null or cells.portfolio_fitted is null
                or coalesce(cells.variance <= 0e0, true)
                then 1e0
            else {{ statistics_own_weight(
                'cells.variance', 'spreads.spread',
                "case cells.family when 'share' then 1e0 / cells.strength else 0e0 end", 'cells.n', 'cells.minimum_n'
            ) }}
        end as own_weight
    from cells
    left join spreads
        on
            cells.period_key = spreads.period_key
            and cells.metric_id = spreads.metric_id

),

shrunk as (

    select
        *,
        case
            when own_weight = 1e0 then fitted
            else portfolio_fitted + own_weight * (fitted - portfolio_fitted)
        end as shrunk_fitted
    from weighed

),

valued as (

    select
        *,
        case family
            when 'time' then case when own_weight = 1e0 then value else exp(shrunk_fitted) end
            else shrunk_fitted
        end as shrunk_value
    from shrunk

)

select
    entity_key,
    period_key,
    metric_id,
    entity_type,
    policy_version,
    pillar,
    pillar_weight,
    better,
    family,
    scale,
    numerator,
    denominator,
    n,
    minimum_n,
    value,
    portfolio_fitted,
    own_weight,
    shrunk_fitted,
    shrunk_value,
    strength / own_weight as strength,
    error * sqrt(own_weight) as error,
    floor,
    target,
    weight,
    {% for tier in [1, 2, 3, 4, 'unknown'] -%}
    tier_{{ tier }}_days,
    {% endfor -%}
    has_number,
    number_status,
    is_excepted,
    rollout_phase,
    status,
    is_excused,
    case when status in ('ok', 'provisional') then {{ statistics_score('shrunk_value', 'floor', 'target') }} end
        as score
from valued
