-- Parts of the duration metrics: clocks that stopped (numerator) among clocks (denominator), also by severity, by
-- who resolved it and by what the start rests on. The medians come from the clocks themselves; a geometric mean
-- counts only the clocks that stopped after more than no time.
{% set splits = [
    [none, ['time_to_acknowledge', 'time_to_restore']],
    ['severity', ['time_to_acknowledge', 'time_to_restore']],
    ['start_basis', ['time_to_acknowledge', 'time_to_restore']],
    ['resolved_by', ['time_to_restore']],
] %}

with

clocks as (

    select * from {{ ref('metric_incident_clocks') }}

),

split_clocks as (

    {% for dimension, metric_ids in splits %}
    select
        metric_id,
        service_id,
        team_id,
        area,
        day_on,
        segment_key,
        cast({{ "'" ~ dimension ~ "'" if dimension else 'null' }} as string) as dimension,
        cast({{ dimension or 'null' }} as string) as dimension_value,
        exclusion_reason,
        is_event
    from clocks
    where
        metric_id in ('{{ metric_ids | join("', '") }}')
        {% if dimension %}and coalesce(exclusion_reason, '') <> 'planned_unknown'{% endif %}
    union all
    {% endfor %}
    select
        metric_id,
        service_id,
        team_id,
        area,
        day_on,
        segment_key,
        'statistic' as dimension,
        'geometric_mean' as dimension_value,
        exclusion_reason,
        is_event
    from clocks
    where
        exclusion_reason is null
        and is_event
        and duration_microseconds > 0

)

select
    metric_id,
    service_id,
    team_id,
    area,
    day_on,
    segment_key,
    dimension,
    dimension_value,
    exclusion_reason,
    count(case when exclusion_reason is null and is_event then 1 end) as numerator,
    count(case when exclusion_reason is null then 1 end) as denominator,
    count(exclusion_reason) as excluded
from split_clocks
group by metric_id, service_id, team_id, area, day_on, segment_key, dimension, dimension_value, exclusion_reason
