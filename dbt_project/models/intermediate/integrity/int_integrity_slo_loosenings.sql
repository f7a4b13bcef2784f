-- Objectives that were in breach in a quarter, or in the 30 days before it, and those that were loosened in it within
-- 30 days of a breach.
with

breaches as (

    select * from {{ ref('int_integrity_breaches') }}

),

loosenings as (

    select * from {{ ref('int_integrity_loosenings') }}

    where breached_on is not null

),

quarters as (

    select * from {{ ref('int_periods') }}

    where period_type = 'quarter'

),

in_breach as (

    select
        breaches.slo_id,
        quarters.starts_at,
        quarters.ends_at,
        max(breaches.team_id) as team_id,
        max(cast(breaches.day_on as timestamp)) as breached_at
    from breaches
    inner join quarters
        on
            cast(breaches.day_on as timestamp) < quarters.ends_at
            and cast(breaches.day_on as timestamp) >= {{ plus_hours('quarters.starts_at', -720) }}
    group by breaches.slo_id, quarters.starts_at, quarters.ends_at

),

loosened as (

    select
        in_breach.slo_id,
        in_breach.starts_at,
        max(loosenings.team_id) as team_id,
        max(loosenings.recorded_at) as recorded_at
    from in_breach
    inner join loosenings
        on
            in_breach.slo_id = loosenings.slo_id
            and in_breach.starts_at <= loosenings.in_force_from
            and in_breach.ends_at > loosenings.in_force_from
    group by in_breach.slo_id, in_breach.starts_at

)

select
    'slo_loosening' as signal_id,
    coalesce(loosened.team_id, in_breach.team_id) as entity_id,
    greatest(in_breach.breached_at, in_breach.starts_at) as happened_at,
    in_breach.slo_id as record_id,
    coalesce(loosened.recorded_at, in_breach.breached_at) as recorded_at,
    true as is_counted,
    loosened.slo_id is not null as is_suspicious,
    loosened.slo_id is not null as is_evidence
from in_breach
left join loosened
    on
        in_breach.slo_id = loosened.slo_id
        and in_breach.starts_at = loosened.starts_at
