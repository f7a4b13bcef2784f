-- Parts of customer_satisfaction and customer_retention: values weighted by n (in millionths) among what they rest on.
-- A measure counts in the periods that hold all its days, so a month's is in no week. It is of no service and no team.
with

run as (

    select * from {{ source('landing', 'run') }}

),

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

delivered as (

    select
        *,
        case when value_millionths is null then 'value_unknown' when n is null then 'weight_unknown' end as reason
    from {{ ref('fct_outcomes') }}

),

placed as (

    select
        delivered.*,
        segments.segment_key
    from delivered
    cross join run
    {{ statistics_join_segments('delivered', 'starts_at') }}

)

{% for dimension in [none, 'market'] -%}
{% if not loop.first %}union all{% endif %}
select
    measure as metric_id,
    service_id,
    team_id,
    area,
    period_start_on as day_on,
    period_end_on as last_on,
    segment_key,
    cast({{ "'" ~ dimension ~ "'" if dimension else 'null' }} as string) as dimension,
    cast({{ dimension or 'null' }} as string) as dimension_value,
    reason as exclusion_reason,
    cast(sum(case when reason is null then value_millionths * n else 0 end) as bigint) as numerator,
    cast(sum(case when reason is null then n else 0 end) as bigint) as denominator,
    cast(sum(case when reason is not null then 1 else 0 end) as bigint) as excluded
from placed
{% if dimension -%}where {{ dimension }} is not null{%- endif %}
group by
    measure, service_id, team_id, area, period_start_on, period_end_on, segment_key,
    reason{{ ', ' ~ dimension if dimension }}
{% endfor %}
