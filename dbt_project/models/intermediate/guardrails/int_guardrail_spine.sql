-- Every team and the portfolio in every month and quarter, with the version of the policy that holds on its first day.
with

entities as (

    select * from {{ ref('int_entities') }}
    where entity_type in ('team', 'portfolio')

),

periods as (

    select * from {{ ref('int_periods') }}
    where period_type in ('month', 'quarter')

),

policies as (select * from {{ ref('int_policy_versions') }})

select
    entities.entity_key,
    entities.entity_type,
    entities.entity_id,
    entities.entity_name,
    periods.period_key,
    periods.period_type,
    periods.period_start_on,
    periods.period_end_on,
    periods.is_closed,
    policies.policy_version
from entities
inner join periods
    on
        coalesce(entities.exists_from_on, periods.period_start_on) <= periods.period_end_on
        and coalesce(entities.exists_to_on, periods.period_end_on) >= periods.period_start_on
inner join policies
    on
        periods.period_start_on >= policies.valid_from
        and coalesce(periods.period_start_on < policies.valid_to, true)
