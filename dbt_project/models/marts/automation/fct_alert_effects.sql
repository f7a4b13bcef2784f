-- Alerts that an automation answered live, and those that none answered so that it could be seen what clears by itself:
-- withheld on purpose, or met by a shadow run alone. A person's hand, or a time-out, is nobody's success.
with

run as (select * from {{ source('landing', 'run') }}),

alerts as (select * from {{ ref('fct_alerts') }}),

followers as (select * from {{ ref('int_alert_followers') }}),

answers as (

    select
        alert_id,
        min(case when mode = 'live' then started_at end) as acted_at,
        max(case when mode is null then 1 else 0 end) = 1 as has_run_of_unknown_mode,
        max(case when mode = 'shadow' then 1 else 0 end) = 1 as has_shadow_run
    from {{ ref('fct_automation_runs') }}
    where alert_id is not null
    group by alert_id

),

compared as (

    select
        alerts.*,
        answers.acted_at,
        followers.next_fired_at,
        case
            when answers.acted_at is not null then 'automated'
            when answers.has_run_of_unknown_mode then 'unknown'
            else 'held_out'
        end as arm
    from alerts
    left join answers
        on alerts.alert_id = answers.alert_id
    left join followers
        on alerts.alert_id = followers.alert_id
    where
        answers.acted_at is not null
        or answers.has_run_of_unknown_mode
        or answers.has_shadow_run
        or alerts.is_held_out

)

select
    compared.alert_id,
    compared.source,
    compared.source_record_id,
    compared.batch_id,
    compared.recorded_at,
    compared.service_id,
    compared.team_id,
    compared.area,
    compared.alert_class,
    compared.fired_at,
    compared.resolved_at,
    compared.resolved_by,
    compared.acted_at,
    compared.next_fired_at,
    compared.arm,
    case
        when compared.arm = 'held_out'
            then
                compared.resolved_at is null
                and {{ plus_hours('compared.fired_at', var('effect_follow_up_hours')) }} > run.as_of
        else
            {{ plus_hours(
                'coalesce(compared.resolved_at, compared.acted_at, compared.fired_at)', var('effect_follow_up_hours')
            ) }} > run.as_of
    end as is_immature,
    case
        when compared.arm = 'unknown' then null
        when compared.resolved_at is null then false
        when compared.resolved_by is null then null
        when compared.arm = 'held_out' then compared.resolved_by = 'self_cleared'
        else
            compared.resolved_by in ('automation', 'self_cleared')
            and compared.resolved_at >= compared.acted_at
            and coalesce(
                compared.next_fired_at > {{ plus_hours('compared.resolved_at', var('effect_follow_up_hours')) }}, true
            )
    end as is_cleared
from compared
cross join run
