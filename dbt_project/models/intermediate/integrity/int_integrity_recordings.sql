-- When the end of each incident was first written down, by sources that keep their versions: how long after it
-- happened, in microseconds. What a source recorded at its very first instant was loaded, and is no habit of a desk.
with

told as (

    select
        source,
        incident_id,
        resolved_at,
        recorded_at
    from {{ ref('stg_records__incidents_flagged') }}
    where fate in ('staged', 'superseded') and resolved_at is not null

    union all

    select
        source,
        incident_id,
        stated_end_at as resolved_at,
        recorded_at
    from {{ ref('stg_cstate__incidents_flagged') }}
    where fate in ('staged', 'superseded') and is_resolved and has_history and stated_end_at is not null

),

loads as (

    select
        source,
        min(recorded_at) as loaded_at
    from told
    group by source

),

ranked as (

    select
        told.*,
        row_number() over (
            partition by told.source, told.incident_id
            order by told.recorded_at nulls last, told.resolved_at nulls last
        ) as recording
    from told
    inner join loads
        on
            told.source = loads.source
            and told.recorded_at > loads.loaded_at

)

select
    source,
    incident_id,
    resolved_at,
    recorded_at,
    {{ microseconds_between('resolved_at', 'recorded_at') }} as lag_microseconds
from ranked
where recording = 1
