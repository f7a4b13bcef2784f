-- Highlights that are counts, by team, quarter and subject: rollouts that analysis stopped, incidents that automation
-- healed, recipes that other teams took up, reviews all of whose actions were done on time. The conditions are those of
-- the metrics of the same events. `parties`: other teams, or reviews.
{{ config(materialized='table') }}

with

run as (select * from {{ source('landing', 'run') }}),

quarters as (

    select
        days.day_on,
        periods.period_key
    from {{ ref('int_period_days') }} as days
    inner join {{ ref('int_periods') }} as periods
        on days.period_key = periods.period_key
    where periods.period_type = 'quarter'

),

actions as (select * from {{ ref('fct_postmortem_actions') }}),

reviews as (

    select
        postmortem_id,
        max(due_at) as last_due_at
    from actions
    group by postmortem_id
    having count(case when done_at <= due_at then 1 end) = count(*)

),

proofs as (

    select
        'averted_outage' as kind,
        team_id,
        service_id as subject_id,
        deployed_at as happened_at,
        deployment_id as party,
        'deployments' as evidence_kind,
        source,
        source_record_id
    from {{ ref('fct_deployments') }}
    where is_production and is_progressive and is_averted and not is_immature and abort_trigger = 'analysis'

    union all

    select
        'healed_by_automation' as kind,
        incidents.team_id,
        incidents.service_id as subject_id,
        incidents.started_at as happened_at,
        incidents.incident_id as party,
        'incidents' as evidence_kind,
        incidents.source,
        incidents.source_record_id
    from {{ ref('fct_incidents') }} as incidents
    cross join run
    where
        incidents.is_self_healed
        and not incidents.is_planned
        and {{ plus_hours('incidents.resolved_at', var('healing_follow_up_hours')) }} <= run.as_of

    union all

    select
        'recipe_reused' as kind,
        team_id,
        derived_from as subject_id,
        reused_at as happened_at,
        by_team_id as party,
        'automations' as evidence_kind,
        source,
        source_record_id
    from {{ ref('fct_recipe_reuses') }}
    where by_team_id is not null

    union all

    select
        'actions_on_time' as kind,
        published.team_id,
        published.team_id as subject_id,
        reviews.last_due_at as happened_at,
        reviews.postmortem_id as party,
        'postmortem_actions' as evidence_kind,
        actions.source,
        actions.source_record_id
    from reviews
    inner join {{ ref('fct_postmortems') }} as published
        on reviews.postmortem_id = published.postmortem_id
    inner join actions
        on reviews.postmortem_id = actions.postmortem_id
    where published.published_at is not null

),

dated as (

    select
        proofs.*,
        {{ dates_local_day('proofs.happened_at', 'run.time_zone') }} as day_on
    from proofs
    cross join run
    where proofs.team_id is not null and proofs.subject_id is not null

)

select
    dated.kind,
    dated.team_id,
    quarters.period_key,
    dated.subject_id,
    cast(count(*) as bigint) as events,
    cast(count(distinct dated.party) as bigint) as parties,
    min(dated.evidence_kind) as evidence_kind,
    {{ texts_in_order(evidence_id("dated.source || '/' || dated.source_record_id")) }} as evidence_ids
from dated
inner join quarters
    on dated.day_on = quarters.day_on
group by dated.kind, dated.team_id, quarters.period_key, dated.subject_id
