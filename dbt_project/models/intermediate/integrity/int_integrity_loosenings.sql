-- Versions of objectives that promise less than the one before: a lower objective or slice target, a higher threshold;
-- and the last day within the 30 before it on which the objective was in breach (null: none).
with

slos as (

    select * from {{ ref('dim_slo') }}

),

ownership as (

    select * from {{ ref('int_service_ownership') }}

),

breaches as (

    select * from {{ ref('int_integrity_breaches') }}

),

ordered as (

    select
        *,
        lag(objective) over (partition by slo_id order by in_force_from nulls last) as former_objective,
        lag(slice_target) over (partition by slo_id order by in_force_from nulls last) as former_slice_target,
        lag(threshold_ms) over (partition by slo_id order by in_force_from nulls last) as former_threshold_ms
    from slos
    where coalesce(in_force_from < in_force_to, true)

),

loosened as (

    select
        *,
        {{ plus_hours('in_force_from', -720) }} as near_from
    from ordered
    where
        objective < former_objective
        or slice_target < former_slice_target
        or threshold_ms > former_threshold_ms

)

select
    loosened.slo_id,
    loosened.source_record_id,
    loosened.recorded_at,
    loosened.service_id,
    max(ownership.team_id) as team_id,
    loosened.in_force_from,
    loosened.in_force_to,
    loosened.objective,
    loosened.former_objective,
    max(breaches.day_on) as breached_on
from loosened
left join breaches
    on
        loosened.slo_id = breaches.slo_id
        and cast(breaches.day_on as timestamp) >= loosened.near_from
        and loosened.in_force_from >= cast(breaches.day_on as timestamp)
left join ownership
    on
        loosened.service_id = ownership.service_id
        and loosened.in_force_from >= ownership.owned_from
        and (loosened.in_force_from < ownership.owned_to or ownership.is_open)
group by
    loosened.slo_id, loosened.source_record_id, loosened.recorded_at, loosened.service_id, loosened.in_force_from,
    loosened.in_force_to, loosened.objective, loosened.former_objective
