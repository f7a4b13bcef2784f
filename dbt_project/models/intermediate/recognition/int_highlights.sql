-- Highlights of every team and quarter, five at most: the first of each kind in the order of kinds, then the second of
-- each, and so on; within a kind by the subject's name. Nothing is chosen by its size.
{{ config(materialized='table') }}

with

found as (

    select
        kind,
        team_id,
        period_key,
        subject_id,
        cast(null as string) as alert_class,
        events,
        parties,
        evidence_kind,
        evidence_ids,
        cast(null as timestamp) as live_from,
        cast(null as bigint) as events_before,
        cast(null as bigint) as events_after,
        cast(null as bigint) as tenths_before,
        cast(null as bigint) as tenths_after,
        cast(null as double) as ratio,
        cast(null as double) as ratio_low,
        cast(null as double) as ratio_high,
        cast(null as double) as least_remaining
    from {{ ref('int_highlight_counts') }}

    union all

    select
        'restore_time_fell' as kind,
        team_id,
        period_key,
        automation_id as subject_id,
        alert_class,
        events_before + events_after as events,
        cast(null as bigint) as parties,
        'incidents' as evidence_kind,
        evidence_ids,
        live_from,
        events_before,
        events_after,
        tenths_before,
        tenths_after,
        ratio,
        ratio_low,
        ratio_high,
        cast(null as double) as least_remaining
    from {{ ref('int_restore_falls') }}

    union all

    select
        'error_budget_held' as kind,
        team_id,
        period_key,
        service_id as subject_id,
        cast(null as string) as alert_class,
        weeks as events,
        cast(null as bigint) as parties,
        'metric_values' as evidence_kind,
        evidence_ids,
        cast(null as timestamp) as live_from,
        cast(null as bigint) as events_before,
        cast(null as bigint) as events_after,
        cast(null as bigint) as tenths_before,
        cast(null as bigint) as tenths_after,
        cast(null as double) as ratio,
        cast(null as double) as ratio_low,
        cast(null as double) as ratio_high,
        least_remaining
    from {{ ref('int_highlight_budgets') }}

),

ordered as (

    select
        *,
        case kind
            {% for kind in highlight_kinds() %}
            when '{{ kind }}' then {{ loop.index }}
            {% endfor %}
        end as kind_order,
        row_number() over (
            partition by team_id, period_key, kind
            order by subject_id nulls last, alert_class nulls last
        ) as turn
    from found

),

chosen as (

    select
        *,
        row_number() over (
            partition by team_id, period_key
            order by turn nulls last, kind_order nulls last
        ) as place
    from ordered

)

select
    kind,
    team_id,
    period_key,
    subject_id,
    alert_class,
    events,
    -- Of rollouts and incidents each is its own party, which says nothing.
    case when kind in ('recipe_reused', 'actions_on_time') then parties end as parties,
    evidence_kind,
    evidence_ids,
    live_from,
    events_before,
    events_after,
    tenths_before,
    tenths_after,
    ratio,
    ratio_low,
    ratio_high,
    least_remaining
from chosen
where place <= 5
