-- Parts of error_budget_remaining and burn_rate, in millionths of what is budgeted: events, or seconds of time slices.
-- A budget counts for every period whose end is less than its window away (`window_days`), a burn rate for the period
-- that holds its hour (0). `excluded` is the samples of every row: they are told where it lies outside the coverage.
-- The split `exclusions = none` is the same as if nothing had been agreed not to count.
with

run as (

    select * from {{ source('landing', 'run') }}

),

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

hours as (

    select
        *,
        hour_at as anchored_at,
        slo_id as slo,
        'none' as exclusions,
        allowed_millionths - budget_bad * 1000000 as left_millionths,
        budget_bad * 1000000 as bad_millionths,
        case
            when sli is null then 'slo_unknown'
            when budgeting = 'time_slices' and slice_target is null then 'slice_target_unknown'
        end as budget_reason
    from {{ ref('fct_slo_hours') }}

),

dated as (

    {{ statistics_dated('hours') }}

),

metrics as (

    select 'burn_rate' as metric_id
    union all
    select 'error_budget_remaining' as metric_id

),

judged as (

    select
        *,
        'error_budget_remaining' as metric_id,
        coalesce(window_days, 0) as counted_days,
        left_millionths as part,
        samples as told,
        coalesce(budget_reason, case when window_days is null then 'window_unknown' end) as reason
    from dated
    where budget_reason is not null or budget_valid > 0

    union all

    select
        *,
        'burn_rate' as metric_id,
        cast(0 as bigint) as counted_days,
        bad_millionths as part,
        samples as told,
        budget_reason as reason
    from dated
    where budget_reason is not null or budget_valid > 0

    union all

    select
        dated.*,
        metrics.metric_id,
        case metrics.metric_id when 'burn_rate' then 0 else coalesce(dated.window_days, 0) end as counted_days,
        cast(0 as bigint) as part,
        dated.slices_without_length as told,
        'length_unknown' as reason
    from dated
    cross join metrics
    where dated.slices_without_length > 0

),

agreed as (

    select
        *,
        coalesce(reason, case when is_excluded then 'agreed_exclusion' end) as agreed_reason
    from judged

)

{% for dimension in [none, 'budgeting', 'slo', 'exclusions'] %}
{% set because = 'reason' if dimension == 'exclusions' else 'agreed_reason' %}
{% if not loop.first %}union all{% endif %}
select
    metric_id,
    service_id,
    team_id,
    area,
    day_on,
    segment_key,
    cast(counted_days as bigint) as window_days,
    cast({{ "'" ~ dimension ~ "'" if dimension else 'null' }} as string) as dimension,
    cast({{ dimension or 'null' }} as string) as dimension_value,
    {{ because }} as exclusion_reason,
    cast(sum(case when {{ because }} is null then part else 0 end) as bigint) as numerator,
    cast(sum(case when {{ because }} is null then allowed_millionths else 0 end) as bigint) as denominator,
    cast(sum(told) as bigint) as excluded
from agreed
{% if dimension %}where {{ dimension }} is not null{% endif %}
group by
    metric_id, service_id, team_id, area, day_on, segment_key, counted_days,
    {{ because }}{{ ', ' ~ dimension if dimension }}
{% endfor %}
