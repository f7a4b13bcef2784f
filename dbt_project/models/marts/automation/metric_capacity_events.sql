-- Parts of capacity_automation: scaling actions by the local day on which they happened. A breach is no scaling.
with

events as (

    select * from {{ ref('fct_capacity_events') }}

    where event <> 'saturated'

),

run as (

    select * from {{ source('landing', 'run') }}

),

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

dated as (

    select
        events.*,
        {{ dates_local_day('events.happened_at', 'run.time_zone') }} as day_on,
        segments.segment_key
    from events
    cross join run
    {{ statistics_join_segments('events', 'happened_at') }}

),

counted as (

    select
        service_id,
        team_id,
        area,
        day_on,
        segment_key,
        count(case when event = 'scaled_by_automation' then 1 end) as scaled_by_automation,
        count(*) as scaled
    from dated
    group by service_id, team_id, area, day_on, segment_key

)

{{ statistics_unpivot_parts(
    'counted',
    counted=[['capacity_automation', none, none, 'scaled_by_automation', 'scaled']]
) }}
