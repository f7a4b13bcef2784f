-- The time in which a team answered incidents, as far as its capacity is known then: what no team owns stands against
-- no capacity.
with

spans as (

    select * from {{ ref('int_response_spans') }}

    where level = 'team' and team_id is not null

),

pieces as (

    select * from {{ ref('int_capacity_pieces') }}

    where metric_id = 'unplanned_work_share' and capacity_microseconds > 0

)

select
    pieces.metric_id,
    pieces.team_id,
    pieces.area,
    pieces.day_on,
    pieces.segment_key,
    {{ microseconds_between(
        'greatest(spans.starts_at, pieces.starts_at)', 'least(spans.ends_at, pieces.ends_at)'
    ) }} as worked_microseconds
from spans
inner join pieces
    on
        spans.team_id = pieces.team_id
        and spans.starts_at < pieces.ends_at
        and spans.ends_at > pieces.starts_at
