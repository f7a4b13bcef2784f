-- How teams, areas and the portfolio stand against the policy, by pillar and as a whole, each with its band. Nothing
-- here is put in order of a score.
with

scores as (select * from {{ ref('int_scores') }}),

bands as (select * from {{ ref('int_score_bands') }}),

entities as (select * from {{ ref('int_entities') }}),

periods as (select * from {{ ref('int_periods') }}),

run as (select * from {{ source('landing', 'run') }})

select
    entities.entity_type,
    entities.entity_id,
    entities.entity_name,
    periods.period_type,
    periods.period_start_on,
    periods.is_closed,
    scores.pillar,
    scores.value,
    bands.low,
    bands.high,
    scores.status,
    scores.pillar_weight,
    scores.metrics,
    scores.scored_metrics,
    scores.excused_metrics,
    scores.excused_weight,
    scores.policy_version,
    run.as_of
from scores
inner join entities
    on scores.entity_key = entities.entity_key
inner join periods
    on scores.period_key = periods.period_key
left join bands
    on
        scores.entity_key = bands.entity_key
        and scores.period_key = bands.period_key
        and scores.pillar = bands.pillar
cross join run
