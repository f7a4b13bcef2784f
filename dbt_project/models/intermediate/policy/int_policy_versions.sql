-- Versions of the policy, and from when until when each holds: one ends where the next begins.
with

settings as (

    select * from {{ ref('stg_organisation__policy_settings') }}
    where section = 'policy'

),

started as (

    select
        policy_version,
        coalesce(stated_from, cast({{ epoch_start() }} as date)) as valid_from
    from settings

)

select
    policy_version,
    valid_from,
    lead(valid_from) over (order by valid_from nulls last, policy_version nulls last) as valid_to
from started
