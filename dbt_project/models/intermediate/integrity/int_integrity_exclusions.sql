-- Agreed windows, and those that overlap a burn episode of their service. One that was registered after it had begun
-- is evidence too, though it excludes nothing.
with

exclusions as (

    select * from {{ ref('fct_slo_exclusions') }}

    where team_id is not null and starts_at < ends_at

),

overlapping as (

    select distinct exclusion_id
    from {{ ref('int_integrity_exclusion_shifts') }}
    where shift_hours = 0

)

select
    'exclusion_abuse' as signal_id,
    exclusions.team_id as entity_id,
    exclusions.starts_at as happened_at,
    exclusions.exclusion_id as record_id,
    exclusions.recorded_at,
    true as is_counted,
    overlapping.exclusion_id is not null as is_suspicious,
    overlapping.exclusion_id is not null
    or coalesce(exclusions.invalid_reason = 'registered_after_start', false) as is_evidence
from exclusions
left join overlapping
    on exclusions.exclusion_id = overlapping.exclusion_id
