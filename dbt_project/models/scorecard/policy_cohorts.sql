-- Cohorts of the roll-out: from when the scorecard is shown to their teams, and from when they are scored.
with

settings as (

    select * from {{ ref('stg_organisation__policy_settings') }}
    where section like 'cohorts.%'

),

run as (select * from {{ source('landing', 'run') }}),

days as (

    select
        replace(section, 'cohorts.', '') as cohort,
        case when setting = 'starts_on' then cast(value as date) end as starts_on,
        case when setting = 'scored_from' then cast(value as date) end as scored_from,
        why,
        recorded_at
    from settings

),

cohorts as (

    select
        cohort,
        max(starts_on) as starts_on,
        max(scored_from) as scored_from,
        max(why) as why,
        max(recorded_at) as recorded_at
    from days
    group by cohort

)

select
    cohorts.cohort,
    cohorts.starts_on,
    cohorts.scored_from,
    cohorts.why,
    coalesce({{ dates_local_day('cohorts.recorded_at', 'run.time_zone') }} > cohorts.starts_on, false)
        as is_retroactive
from cohorts
cross join run
