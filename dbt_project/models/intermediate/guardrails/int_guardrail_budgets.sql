-- What was left of the error budget when a deployment began: of each objective of its service then, over the
-- objective's own window up to that instant. An hour counts once its samples are over, so that a deployment is not held
-- against what it did itself; a sample longer than an hour counts when it is. Running sums, so that the cost is that of
-- the hours and not of hours times deployments.
{% set so_far %}
            partition by slo_id order by happened_at nulls last, place nulls last
            rows between unbounded preceding and current row
{% endset %}

with

deployments as (select * from {{ ref('fct_deployments') }}),

slos as (select * from {{ ref('int_slos') }}),

measured as (

    select
        slo_id,
        hour_at,
        {{ plus_hours(
            'hour_at',
            'greatest(1, ' ~ statistics_quotient('seconds + samples * 3600 - 1', 'samples * 3600') ~ ')'
        ) }} as ended_at,
        allowed_millionths - budget_bad * 1000000 as left_millionths
    from {{ ref('fct_slo_hours') }}
    where
        not is_excluded
        and budget_valid > 0
        and (budgeting <> 'time_slices' or slice_target is not null)

),

asked as (

    select
        deployments.deployment_id,
        slos.slo_id,
        coalesce(deployments.started_at, deployments.finished_at) as asked_at,
        {{ plus_hours('coalesce(deployments.started_at, deployments.finished_at)', '-24 * slos.window_days') }}
            as window_at
    from deployments
    inner join slos
        on
            deployments.service_id = slos.service_id
            and coalesce(deployments.started_at, deployments.finished_at) >= slos.in_force_from
            and coalesce(
                coalesce(deployments.started_at, deployments.finished_at) < slos.in_force_to, true
            )
    where
        slos.window_days is not null
        and coalesce(deployments.change_kind, 'feature') = 'feature'
        and coalesce(deployments.is_production, true)

),

moments as (

    {% for moment, place, sign in [('ended_at', 0, 1), ('hour_at', 2, 0)] %}
    select
        slo_id,
        cast(null as string) as deployment_id,
        {{ moment }} as happened_at,
        {{ place }} as place,
        cast({{ sign }} as bigint) as hours_until,
        cast({{ 1 - sign }} as bigint) as hours_since,
        {{ sign }} * left_millionths as left_until,
        {{ 1 - sign }} * left_millionths as left_since
    from measured
    union all
    {% endfor %}
    {% for moment in ['asked_at', 'window_at'] %}
    select
        slo_id,
        deployment_id,
        {{ moment }} as happened_at,
        1 as place,
        cast(0 as bigint) as hours_until,
        cast(0 as bigint) as hours_since,
        cast(0 as bigint) as left_until,
        cast(0 as bigint) as left_since
    from asked
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

summed as (

    select
        slo_id,
        deployment_id,
        happened_at,
        sum(cast(hours_until as decimal(38, 0))) over ({{ so_far }}) as hours_until,
        sum(cast(hours_since as decimal(38, 0))) over ({{ so_far }}) as hours_since,
        sum(cast(left_until as decimal(38, 0))) over ({{ so_far }}) as left_until,
        sum(cast(left_since as decimal(38, 0))) over ({{ so_far }}) as left_since
    from moments

)

select
    asked.deployment_id,
    asked.slo_id,
    started.hours_until > opened.hours_since as is_measured,
    started.left_until <= opened.left_since as is_spent
from asked
inner join summed as started
    on
        asked.slo_id = started.slo_id
        and asked.deployment_id = started.deployment_id
        and asked.asked_at = started.happened_at
inner join summed as opened
    on
        asked.slo_id = opened.slo_id
        and asked.deployment_id = opened.deployment_id
        and asked.window_at = opened.happened_at
