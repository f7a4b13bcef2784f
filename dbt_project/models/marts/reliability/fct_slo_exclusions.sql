-- Agreed windows that do not count, each with whether it is valid: registered strictly before it starts, and of an
-- objective that is stated. One that names no objective is about all that is promised of its service. The
-- reason is free text, in which a person may be named, and stays behind.
with

exclusions as (select * from {{ ref('stg_records__slo_exclusions') }}),

slos as (select * from {{ ref('dim_slo') }}),

ownership as (select * from {{ ref('int_service_ownership') }}),

stated as (
    select
        exclusions.*,
        coalesce(exclusions.service_id, slos.service_id) as excluded_service_id,
        slos.sli,
        case
            when exclusions.slo_id is not null and slos.slo_id is null then 'slo_unknown'
            when exclusions.registered_at is null then 'registration_unknown'
            when exclusions.registered_at >= exclusions.starts_at then 'registered_after_start'
        end as invalid_reason
    from exclusions
    left join slos
        on
            exclusions.slo_id = slos.slo_id
            and exclusions.starts_at >= slos.in_force_from
            and coalesce(exclusions.starts_at < slos.in_force_to, true)
)

select
    stated.exclusion_id,
    stated.source,
    stated.source_record_id,
    stated.batch_id,
    stated.updated_at,
    stated.recorded_at,
    stated.slo_id,
    stated.excluded_service_id as service_id,
    ownership.team_id,
    ownership.area,
    stated.sli,
    stated.starts_at,
    stated.ends_at,
    stated.registered_at,
    stated.invalid_reason is null as is_valid,
    stated.invalid_reason
from stated
left join ownership
    on
        stated.excluded_service_id = ownership.service_id
        and stated.starts_at >= ownership.owned_from
        and (stated.starts_at < ownership.owned_to or ownership.is_open)
