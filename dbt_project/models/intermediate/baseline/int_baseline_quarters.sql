-- The quarters that the frozen baseline is made of: the last closed ones before the day that the policy names, or the
-- first ones of the data once there are as many as it asks for. Nothing is judged before judged_from_on.
with

run as (select * from {{ source('landing', 'run') }}),

settings as (

    select
        max(case when setting = 'quarters' then {{ parse_number('value') }} end) as quarters,
        max(case when setting = 'at_least' then {{ parse_number('value') }} end) as at_least,
        max(case when setting = 'before' then cast(value as date) end) as before_on
    from {{ ref('stg_organisation__policy_settings') }}
    where section = 'baseline'

),

quarters as (

    select
        periods.*,
        settings.quarters,
        settings.at_least,
        settings.before_on,
        row_number() over (
            order by
                case when settings.before_on is null then periods.period_start_on end asc nulls last,
                periods.period_start_on desc nulls last
        ) as place
    from {{ ref('int_periods') }} as periods
    cross join settings
    where
        periods.period_type = 'quarter'
        and periods.is_closed
        and coalesce(periods.period_start_on < settings.before_on, true)

),

chosen as (

    select
        *,
        count(*) over () as found,
        max(ends_at) over () as ended_at
    from quarters
    where place <= quarters

)

select
    chosen.period_key,
    chosen.period_start_on,
    cast(chosen.at_least as bigint) as at_least,
    coalesce(chosen.before_on, {{ dates_local_day('chosen.ended_at', 'run.time_zone') }}) as judged_from_on
from chosen
cross join run
where chosen.before_on is not null or chosen.found = chosen.quarters
