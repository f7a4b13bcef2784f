-- What the policy says beside its metrics: a row for each value, of a list for each entry; and the settings that facts
-- rest on, which are the same for every version.
with

settings as (

    select * from {{ ref('stg_organisation__policy_settings') }}
    where section not like 'cohorts.%'

),

versions as (select * from {{ ref('int_policy_versions') }}),

facts as (select * from {{ ref('default_policy') }}),

run as (select * from {{ source('landing', 'run') }}),

stated as (

    select
        settings.policy_version,
        coalesce(versions.valid_from, cast({{ epoch_start() }} as date)) as valid_from,
        versions.valid_to,
        settings.section,
        settings.setting,
        settings.item,
        settings.value,
        {{ parse_number('settings.value') }} as number,
        settings.why,
        {{ dates_local_day('settings.recorded_at', 'run.time_zone') }}
        > coalesce(versions.valid_from, cast({{ epoch_start() }} as date)) as is_retroactive
    from settings
    left join versions on settings.policy_version = versions.policy_version
    cross join run

),

resting as (

    select
        cast(null as string) as policy_version,
        cast({{ epoch_start() }} as date) as valid_from,
        cast(null as date) as valid_to,
        'facts' as section,
        setting,
        cast(1 as bigint) as item,
        case
            when value = cast(cast(value as bigint) as double) then cast(cast(value as bigint) as string)
            else cast(value as string)
        end as value,
        value as number,
        definition as why,
        false as is_retroactive
    from facts

)

select * from stated
union all
select * from resting
