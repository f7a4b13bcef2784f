-- Incidents of which the sums and shares of people's time leave out the answer: what is not known of it, or that no
-- source speaks of that time. A share is of a team's time, so there what nobody owns is left out too.
with

responses as (select * from {{ ref('fct_incident_responses') }}),

spoken as (select distinct incident_id from {{ ref('int_response_pieces') }}),

able as (

    select distinct spans.incident_id
    from {{ ref('int_response_pieces') }} as spans
    inner join {{ ref('int_capacity_pieces') }} as pieces
        on
            spans.team_id = pieces.team_id
            and spans.starts_at < pieces.ends_at
            and spans.ends_at > pieces.starts_at
    where pieces.metric_id = 'unplanned_work_share'

),

run as (

    select * from {{ source('landing', 'run') }}

),

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

segment_metrics as (

    select * from {{ ref('int_segment_metrics') }}

    where is_covered

),

judged as (

    select
        'manual_intervention_minutes' as metric_id,
        responses.service_id,
        responses.team_id,
        responses.area,
        responses.started_at as anchored_at,
        responses.reason,
        responses.first_action_at is not null as is_answered,
        spoken.incident_id is not null as is_spoken_of
    from responses
    left join spoken
        on responses.incident_id = spoken.incident_id

    union all

    select
        'unplanned_work_share' as metric_id,
        cast(null as string) as service_id,
        responses.team_id,
        responses.area,
        responses.started_at as anchored_at,
        coalesce(
            responses.reason,
            case when responses.team_id is null and responses.first_action_at is not null then 'team_unknown' end
        ) as reason,
        responses.first_action_at is not null as is_answered,
        able.incident_id is not null as is_spoken_of
    from responses
    left join able
        on responses.incident_id = able.incident_id

),

dated as (

    {{ statistics_dated('judged') }}

),

left_out as (

    select
        dated.*,
        case
            when dated.reason is not null then dated.reason
            when dated.is_answered and not dated.is_spoken_of then 'not_covered'
            when not dated.is_answered and segment_metrics.metric_id is null then 'not_covered'
        end as why
    from dated
    left join segment_metrics
        on
            dated.segment_key = segment_metrics.segment_key
            and dated.metric_id = segment_metrics.metric_id

)

select
    metric_id,
    service_id,
    team_id,
    area,
    day_on,
    segment_key,
    cast(null as string) as dimension,
    cast(null as string) as dimension_value,
    why as exclusion_reason,
    cast(0 as bigint) as numerator,
    cast(0 as bigint) as denominator,
    cast(count(*) as bigint) as excluded
from left_out
where why is not null
group by metric_id, service_id, team_id, area, day_on, segment_key, why
