-- What the shares of a team's time leave out: entries, and the team's days of which the capacity is not known.
with

entries as (

    {{ toil_by_basis() }}

),

unknown_days as (

    select
        metric_id,
        team_id,
        day_on,
        min(area) as area,
        min(segment_key) as segment_key
    from {{ ref('int_capacity_pieces') }}
    where capacity_microseconds is null
    group by metric_id, team_id, day_on

),

left_out as (

    select
        metric_id,
        team_id,
        area,
        day_on,
        segment_key,
        basis,
        reason
    from entries
    where reason is not null

    union all

    select
        metric_id,
        team_id,
        area,
        day_on,
        segment_key,
        cast(null as string) as basis,
        'capacity_unknown' as reason
    from unknown_days

)

select
    metric_id,
    cast(null as string) as service_id,
    team_id,
    area,
    day_on,
    segment_key,
    case when basis is not null then 'basis' end as dimension,
    basis as dimension_value,
    reason as exclusion_reason,
    cast(0 as bigint) as numerator,
    cast(0 as bigint) as denominator,
    cast(count(*) as bigint) as excluded
from left_out
group by metric_id, team_id, area, day_on, segment_key, basis, reason
