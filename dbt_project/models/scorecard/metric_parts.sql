-- The parts that values are made of, by local day and owner: what adds up, for BI and for the semantic layer, in the
-- units of metric_values. A rate's exposure stands in rows of its own: a service-day, with the team that owned it.
-- What does not add up (medians, united time, windows, a team's longest service) is in metric_values alone, and so is
-- what people worked: of a day it would be a diary, and days add up to every cell that is withheld.
with

parts as (

    select * from {{ ref('int_metric_parts') }}

    where
        exclusion_reason is null
        and level is null
        and window_days = 0

),

catalogue as (

    select * from {{ ref('metric_catalogue') }}

    where
        interval_method in ('wilson', 'poisson', 'jackknife', 'jackknife_open', 'none')
        and people_records is null

),

service_days as (

    select * from {{ ref('int_service_days') }}

),

owned_days as (

    select * from {{ ref('int_owned_days') }}

),

owned_time as (

    select
        service_id,
        kind,
        day_on,
        sum(exposed_microseconds) as exposed_microseconds
    from owned_days
    group by service_id, kind, day_on

),

exposures as (

    select
        service_id,
        team_id,
        area,
        kind,
        day_on,
        exposed_microseconds
    from owned_days

    union all

    select
        service_days.service_id,
        cast(null as string) as team_id,
        cast(null as string) as area,
        service_days.kind,
        service_days.day_on,
        service_days.exposed_microseconds - coalesce(owned_time.exposed_microseconds, 0) as exposed_microseconds
    from service_days
    left join owned_time
        on
            service_days.service_id = owned_time.service_id
            and service_days.kind = owned_time.kind
            and service_days.day_on = owned_time.day_on

),

counted as (

    select
        parts.metric_id,
        parts.day_on,
        parts.service_id,
        parts.team_id,
        parts.area,
        parts.dimension,
        parts.dimension_value,
        cast(sum(parts.numerator) as double) / coalesce(max(catalogue.part_scale), 1e0) as numerator,
        cast(sum(parts.denominator) as double)
        / case when max(catalogue.interval_method) = 'none' then 1e0 else coalesce(max(catalogue.part_scale), 1e0) end
            as denominator
    from parts
    inner join catalogue
        on parts.metric_id = catalogue.metric_id
    where coalesce(parts.dimension, '') <> 'statistic'
    group by
        parts.metric_id, parts.day_on, parts.service_id, parts.team_id, parts.area, parts.dimension,
        parts.dimension_value

),

exposed as (

    select
        catalogue.metric_id,
        exposures.day_on,
        exposures.service_id,
        exposures.team_id,
        exposures.area,
        cast(null as string) as dimension,
        cast(null as string) as dimension_value,
        0e0 as numerator,
        cast(sum(exposures.exposed_microseconds) as double) / 1e6 / max(catalogue.exposure_unit_seconds) as denominator
    from exposures
    inner join catalogue
        on exposures.kind = catalogue.requires_kind
    where
        catalogue.interval_method = 'poisson'
        and exposures.kind not like 'deployments%'
        and exposures.exposed_microseconds > 0
    group by catalogue.metric_id, exposures.day_on, exposures.service_id, exposures.team_id, exposures.area

)

select * from counted
union all
select * from exposed
