-- Pillars, and the whole as their weighted geometric mean: incomplete where a pillar is, excused where all are, and
-- neither before the roll-out scores the team.
with

pillars as (select * from {{ ref('int_pillars') }}),

wholes as (

    select
        entity_key,
        period_key,
        max(policy_version) as policy_version,
        max(rollout_phase) as rollout_phase,
        count(*) as pillars,
        count(value) as valued_pillars,
        sum(case when status = 'excused' then 1 else 0 end) as excused_pillars,
        sum(case when status = 'provisional' then 1 else 0 end) as provisional_pillars,
        cast(sum(metrics) as bigint) as metrics,
        cast(sum(scored_metrics) as bigint) as scored_metrics,
        cast(sum(excused_metrics) as bigint) as excused_metrics,
        cast(sum(cast(excused_weight * pillar_weight as decimal(18, 16))) as double) as excused_weight,
        {{ statistics_geometric_score('value', 'case when value is not null then pillar_weight end') }} as mean
    from pillars
    group by entity_key, period_key

)

select
    entity_key,
    period_key,
    pillar,
    policy_version,
    pillar_weight,
    metrics,
    scored_metrics,
    excused_metrics,
    excused_weight,
    status,
    value
from pillars

union all

select
    entity_key,
    period_key,
    'overall' as pillar,
    policy_version,
    1e0 as pillar_weight,
    metrics,
    scored_metrics,
    excused_metrics,
    excused_weight,
    case
        when rollout_phase is not null then rollout_phase
        when excused_pillars = pillars then 'excused'
        when valued_pillars + excused_pillars < pillars then 'incomplete'
        when provisional_pillars > 0 then 'provisional'
        else 'ok'
    end as status,
    case when valued_pillars + excused_pillars = pillars then mean end as value
from wholes
