-- Parts of availability_time, in microseconds: of the time in which services are asked to be up, without what was
-- agreed not to count, how much no incident hit. The split `exclusions = none` is the same as if nothing had been
-- agreed.
with

days as (

    select * from {{ ref('int_availability_days') }}

),

impacts as (

    select * from {{ ref('fct_service_impacts') }}

),

run as (

    select * from {{ source('landing', 'run') }}

),

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

covered as (

    select * from {{ ref('int_segment_metrics') }}

    where metric_id = 'availability_time' and is_covered

),

measured as (

    select
        *,
        window_microseconds - excluded_microseconds as promised_microseconds,
        window_microseconds - excluded_microseconds - impact_microseconds
        + excluded_impact_microseconds as kept_microseconds,
        window_microseconds - impact_microseconds as up_microseconds
    from days

),

dated as (

    {{ statistics_dated('impacts') }}

),

left_out as (

    select
        dated.service_id,
        dated.team_id,
        dated.area,
        dated.day_on,
        dated.segment_key,
        coalesce(dated.exclusion_reason, 'not_covered') as exclusion_reason
    from dated
    left join covered
        on dated.segment_key = covered.segment_key
    where dated.exclusion_reason is not null or covered.segment_key is null

)

{{ statistics_unpivot_parts(
    'measured',
    counted=[
        ['availability_time', none, none, 'kept_microseconds', 'promised_microseconds'],
        ['availability_time', 'exclusions', 'none', 'up_microseconds', 'window_microseconds'],
    ]
) }}
union all
select
    'availability_time' as metric_id,
    service_id,
    team_id,
    area,
    day_on,
    segment_key,
    cast(null as string) as dimension,
    cast(null as string) as dimension_value,
    exclusion_reason,
    cast(0 as bigint) as numerator,
    cast(0 as bigint) as denominator,
    cast(count(*) as bigint) as excluded
from left_out
group by service_id, team_id, area, day_on, segment_key, exclusion_reason
