-- Parts of the duration metrics: clocks that stopped (numerator) among clocks (denominator), also by each split. The
-- medians come from the clocks themselves; a geometric mean counts only those that stopped after more than no time.
-- What is left out because it may be out of scope is counted once, not by split. Predictability counts what lead_time
-- does.
with

clocks as (

    select * from {{ ref('int_clocks') }}

),

split_clocks as (

    {% for dimension in [none] + clock_splits() %}
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
    {% if dimension %}
    where
        {{ dimension }} is not null
        and coalesce(exclusion_reason, '') not in ('planned_unknown', 'environment_unknown')
    {% endif %}
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
    union all
    select
        'delivery_predictability' as metric_id,
        service_id,
        team_id,
        area,
        day_on,
        segment_key,
        cast(null as string) as dimension,
        cast(null as string) as dimension_value,
        exclusion_reason,
        is_event
    from clocks
    where metric_id = 'lead_time'

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
