-- What scores are made of: each metric of the policy with its raw and its shrunk value, what it was held against, and
-- its score with a band. What has no score says why.
with

cells as (select * from {{ ref('int_shrunk_cells') }}),

draws as (select * from {{ ref('int_score_draws') }}),

entities as (select * from {{ ref('int_entities') }}),

periods as (select * from {{ ref('int_periods') }}),

run as (select * from {{ source('landing', 'run') }}),

bands as (

    select
        cells.entity_key,
        cells.period_key,
        cells.metric_id,
        {{ statistics_band_low('max(cells.score)', 'draws.score') }} as low,
        {{ statistics_band_high('max(cells.score)', 'draws.score') }} as high
    from cells
    inner join draws
        on
            cells.entity_key = draws.entity_key
            and cells.period_key = draws.period_key
            and cells.metric_id = draws.metric_id
    group by cells.entity_key, cells.period_key, cells.metric_id

)

select
    entities.entity_type,
    entities.entity_id,
    entities.entity_name,
    periods.period_type,
    periods.period_start_on,
    periods.is_closed,
    cells.pillar,
    cells.metric_id,
    cells.value,
    cells.shrunk_value,
    case when cells.family = 'time' then exp(cells.portfolio_fitted) else cells.portfolio_fitted end as portfolio_value,
    cells.own_weight,
    cells.n,
    cells.minimum_n,
    cells.floor,
    cells.target,
    {% for tier in [1, 2, 3, 4, 'unknown'] -%}
    cells.tier_{{ tier }}_days,
    {% endfor -%}
    cells.weight,
    cells.score,
    bands.low,
    bands.high,
    cells.status,
    cells.is_excused,
    cells.policy_version,
    run.as_of
from cells
inner join entities
    on cells.entity_key = entities.entity_key
inner join periods
    on cells.period_key = periods.period_key
left join bands
    on
        cells.entity_key = bands.entity_key
        and cells.period_key = bands.period_key
        and cells.metric_id = bands.metric_id
cross join run
