-- Parts of latency_within_target and peak_latency. Within the target are requests of buckets that end at or below the
-- threshold; of those whose bucket it divides it is not known (unsure). At the peak the numerator is what lies below
-- the last bound.
with

days as (

    select * from {{ ref('int_latency_days') }}

),

judged as (

    select
        'latency_within_target' as metric_id,
        *,
        case when threshold_ms is null then 'no_objective' end as reason,
        coalesce(upper_bound_ms <= threshold_ms, false) as is_hit,
        lower_bound_ms < threshold_ms and coalesce(upper_bound_ms > threshold_ms, true) as is_unsure
    from days

    union all

    select
        'peak_latency' as metric_id,
        *,
        case
            when not is_zone_known then 'time_zone_unknown'
            when is_peak_hour is null then 'peak_unknown'
        end as reason,
        upper_bound_ms is not null as is_hit,
        false as is_unsure
    from days
    where coalesce(is_peak_hour, true)

)

{% for dimension in [none, 'market'] -%}
{% if not loop.first %}union all{% endif %}
select
    metric_id,
    service_id,
    team_id,
    area,
    day_on,
    segment_key,
    cast({{ "'" ~ dimension ~ "'" if dimension else 'null' }} as string) as dimension,
    cast({{ dimension or 'null' }} as string) as dimension_value,
    reason as exclusion_reason,
    cast(sum(case when reason is null and is_hit then requests else 0 end) as bigint) as numerator,
    cast(sum(case when reason is null then requests else 0 end) as bigint) as denominator,
    cast(sum(case when reason is null and is_unsure then requests else 0 end) as bigint) as unsure,
    cast(sum(case when reason is not null then samples else 0 end) as bigint) as excluded
from judged
{% if dimension -%}where {{ dimension }} is not null{%- endif %}
group by metric_id, service_id, team_id, area, day_on, segment_key, reason{{ ', ' ~ dimension if dimension }}
{% endfor %}
