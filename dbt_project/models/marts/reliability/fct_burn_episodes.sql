-- Burn episodes: maximal runs of intervals in which any alert pair of an objective fires, gaps under 30 minutes joined,
-- and whether an incident of the service, or one that is told to have hit it, was declared: one that overlaps the
-- episode, 30 minutes before and after included. An episode that ended less than 30 minutes ago may go on, and its
-- incident may yet come.
with

run as (select * from {{ source('landing', 'run') }}),

windows as (select * from {{ ref('fct_burn_windows') }}),

incidents as (select * from {{ ref('int_incident_spans') }}),

ownership as (select * from {{ ref('int_service_ownership') }}),

reached as (

    select
        *,
        max(ended_second) over (
            partition by slo_id, service_id
            order by began_second nulls last
            rows between unbounded preceding and 1 preceding
        ) as reached_second
    from windows

),

runs as (

    select
        *,
        sum(case when began_second - reached_second < 1800 then 0 else 1 end) over (
            partition by slo_id, service_id
            order by began_second nulls last
            rows between unbounded preceding and current row
        ) as episode
    from reached

),

episodes as (

    select
        min(source) as source,
        slo_id,
        service_id,
        min(began_at) as started_at,
        max(ended_at) as ended_at,
        cast(count(*) as bigint) as intervals,
        max(ended_second) + 1800 as judged_second,
        max(case when fired_1h then 1 else 0 end) = 1 as has_fired_1h,
        max(case when fired_6h then 1 else 0 end) = 1 as has_fired_6h,
        max(case when fired_1d then 1 else 0 end) = 1 as has_fired_1d,
        max(case when fired_3d then 1 else 0 end) = 1 as has_fired_3d
    from runs
    group by slo_id, service_id, episode

),

declared as (

    select
        episodes.slo_id,
        episodes.service_id,
        episodes.started_at,
        min(incidents.incident_id) as incident_id,
        cast(count(distinct incidents.incident_id) as bigint) as incidents
    from episodes
    inner join incidents
        on
            episodes.service_id = incidents.service_id
            and {{ microseconds_between('episodes.ended_at', 'incidents.started_at') }} <= 1800000000
            and {{ microseconds_between('incidents.ended_at', 'episodes.started_at') }} <= 1800000000
    group by episodes.slo_id, episodes.service_id, episodes.started_at

)

select
    episodes.source,
    concat_ws('/', episodes.slo_id, cast(episodes.started_at as string)) as source_record_id,
    episodes.slo_id,
    episodes.service_id,
    ownership.team_id,
    ownership.area,
    episodes.started_at,
    episodes.ended_at,
    episodes.intervals,
    episodes.has_fired_1h,
    episodes.has_fired_6h,
    episodes.has_fired_1d,
    episodes.has_fired_3d,
    {{ instant_of_second('episodes.judged_second') }} > run.as_of as is_immature,
    declared.incident_id,
    coalesce(declared.incidents, 0) as incidents,
    declared.incident_id is not null as is_declared
from episodes
cross join run
left join declared
    on
        episodes.slo_id = declared.slo_id
        and episodes.service_id = declared.service_id
        and episodes.started_at = declared.started_at
left join ownership
    on
        episodes.service_id = ownership.service_id
        and episodes.started_at >= ownership.owned_from
        and (episodes.started_at < ownership.owned_to or ownership.is_open)
