-- The parts of every metric family, one below the other; a new family is one more line here. What lies outside the
-- coverage that its metric needs is left out as `not_covered`, before anything else is said of it. Inside the record
-- kind's own coverage a row that lacks a column keeps the reason that names it. Parts `by_level` say which type of
-- entity they count for, since time that is united for a team is not the sum of what it is for its services. Parts
-- `by_window` count for every period whose end is less than so many days away, and say in `excluded` how many rows each
-- stands for; the others count for the period that holds them (0). Parts that are `spanning` are of several days, up to
-- last_on, and count in the periods that hold them all; those that are `unsure` say of how many it is not known whether
-- they are in the numerator.
{% set families = [
    'metric_incidents',
    'metric_reopened_incidents',
    'metric_deployments',
    'metric_deployment_practices',
    'metric_automation_runs',
    'metric_automation_savings',
    'metric_completed_automations',
    'metric_incident_automations',
    'metric_capacity_events',
    'metric_alerts',
    'metric_alert_effects',
    'metric_slo_requests',
    'metric_slo_budgets',
    'metric_burn_episodes',
    'metric_toil',
    'metric_toil_exclusions',
    'metric_incident_responses',
    'metric_response_exclusions',
    'metric_latency',
    'metric_availability',
    'metric_market_outages',
    'metric_reviews',
    'metric_outcomes',
    'int_clock_parts',
] %}
{% set by_level = ['metric_incident_responses', 'metric_market_outages'] %}
{% set by_window = ['metric_slo_budgets'] %}
{% set spanning = ['metric_outcomes'] %}
{% set unsure = ['metric_latency'] %}

with

parts as (

    {% for family in families %}
    select
        metric_id,
        service_id,
        team_id,
        area,
        {{ 'level' if family in by_level else 'cast(null as string) as level' }},
        day_on,
        {{ 'window_days' if family in by_window else 'cast(0 as bigint) as window_days' }},
        {{ 'last_on' if family in spanning else 'cast(null as date) as last_on' }},
        segment_key,
        dimension,
        dimension_value,
        exclusion_reason,
        -- An unlinked incident is shown beside change_fail_rate, and is an incident all the same.
        case when exclusion_reason = 'incident_unlinked' then 'incident_rate' else metric_id end as judged_metric_id,
        exclusion_reason = 'incident_unlinked' or dimension = 'statistic' as is_beside,
        numerator,
        denominator,
        {{ 'unsure' if family in unsure else 'cast(0 as bigint) as unsure' }},
        excluded,
        {{ 'excluded' if family in by_window else 'coalesce(denominator, numerator)' }} as counted
    from {{ ref(family) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

segment_metrics as (

    select * from {{ ref('int_segment_metrics') }}

),

judged as (

    select
        parts.*,
        coalesce(
            case when parts.dimension is null then segments.is_covered else segments.is_dimension_covered end
            or (segments.is_record_covered and coalesce(parts.exclusion_reason, 'immature') <> 'immature'),
            false
        ) as stands
    from parts
    left join segment_metrics as segments
        on
            parts.segment_key = segments.segment_key
            and parts.judged_metric_id = segments.metric_id

)

select
    metric_id,
    service_id,
    team_id,
    area,
    level,
    day_on,
    window_days,
    last_on,
    dimension,
    dimension_value,
    case when stands then exclusion_reason else 'not_covered' end as exclusion_reason,
    case when stands then numerator else 0 end as numerator,
    case when stands then denominator else 0 end as denominator,
    case when stands then unsure else 0 end as unsure,
    case when exclusion_reason is not null then excluded when stands then 0 else counted end as excluded
from judged
where stands or not coalesce(is_beside, false)
