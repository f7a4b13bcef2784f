-- 1,000 draws of every metric's score and weight. Of a share and a rate from the beta and gamma that its shrunk value
-- stands for, half an event added to each side (Jeffreys), so that none of 30 is not taken for never; of others from a
-- normal. Weights are drawn evenly from 25 % below to 25 % above.
{{ config(materialized='table') }}

with

cells as (

    select * from {{ ref('int_shrunk_cells') }}
    where score is not null and coalesce(strength, error) is not null

),

draws as (select * from {{ source('landing', 'draws') }}),

gammas as (

    select
        cells.entity_key,
        cells.period_key,
        cells.metric_id,
        cells.pillar,
        cells.family,
        cells.scale,
        cells.strength,
        cells.shrunk_fitted,
        cells.error,
        cells.floor,
        cells.target,
        cells.weight * (7.5e-1 + 5e-1 * draws.u) as weight,
        draws.draw,
        draws.z1,
        {{ statistics_gamma_draw('(cells.shrunk_fitted / cells.scale * cells.strength + 5e-1)', 'draws.z1') }}
            as gamma_1,
        {{ statistics_gamma_draw(
            '(greatest(0e0, 1e0 - cells.shrunk_fitted / cells.scale) * cells.strength + 5e-1)', 'draws.z2'
        ) }} as gamma_2
    from cells
    inner join draws
        on cells.metric_id = draws.slot

),

valued as (

    select
        *,
        case family
            when 'share' then scale * coalesce(gamma_1 / nullif(gamma_1 + gamma_2, 0e0), shrunk_fitted / scale)
            when 'rate' then gamma_1 / strength
            when 'time' then exp(shrunk_fitted + z1 * error)
            else shrunk_fitted + z1 * error
        end as value
    from gammas

)

select
    entity_key,
    period_key,
    metric_id,
    pillar,
    draw,
    weight,
    {{ statistics_score('value', 'floor', 'target') }} as score
from valued
