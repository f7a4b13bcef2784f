-- The pillars of a team, an area or the portfolio: the weighted geometric mean of their metrics' scores. What is
-- excused is left out and counted; any other metric without a score leaves the pillar incomplete, without a value. So
-- does the roll-out, which says so.
with

cells as (

    select * from {{ ref('int_shrunk_cells') }}
    where weight is not null

),

pillars as (

    select
        entity_key,
        period_key,
        pillar,
        max(policy_version) as policy_version,
        max(pillar_weight) as pillar_weight,
        max(rollout_phase) as rollout_phase,
        count(*) as metrics,
        count(score) as scored_metrics,
        sum(case when is_excused then 1 else 0 end) as excused_metrics,
        sum(case when status = 'provisional' then 1 else 0 end) as provisional_metrics,
        cast(sum(cast(case when is_excused then weight else 0e0 end as decimal(18, 16))) as double) as excused_weight,
        {{ statistics_geometric_score('score', 'case when score is not null then weight end') }} as mean
    from cells
    group by entity_key, period_key, pillar

)

select
    entity_key,
    period_key,
    pillar,
    policy_version,
    pillar_weight,
    rollout_phase,
    cast(metrics as bigint) as metrics,
    cast(scored_metrics as bigint) as scored_metrics,
    cast(excused_metrics as bigint) as excused_metrics,
    excused_weight,
    case
        when rollout_phase is not null then rollout_phase
        when excused_metrics = metrics then 'excused'
        when scored_metrics + excused_metrics < metrics then 'incomplete'
        when provisional_metrics > 0 then 'provisional'
        else 'ok'
    end as status,
    case when rollout_phase is null and scored_metrics + excused_metrics = metrics then mean end as value
from pillars
