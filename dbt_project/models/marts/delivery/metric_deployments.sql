-- Parts of the delivery metrics: production deployments by the service, its owner and the local day. Unknown is left
-- out and counted, never taken for success or for production.
with

deployments as (

    select * from {{ ref('fct_deployments') }}

),

run as (

    select * from {{ source('landing', 'run') }}

),

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

in_scope as (

    select
        deployments.*,
        {{ dates_local_day('deployments.deployed_at', 'run.time_zone') }} as day_on,
        segments.segment_key
    from deployments
    cross join run
    {{ statistics_join_segments('deployments', 'deployed_at') }}
    where coalesce(deployments.is_production, true)

),

by_strategy as (

    select
        'change_fail_rate' as metric_id,
        service_id,
        team_id,
        area,
        day_on,
        segment_key,
        coalesce(strategy, 'unknown') as strategy,
        is_failed as is_hit,
        case
            when is_production is null then 'environment_unknown'
            when is_immature then 'immature'
            when is_failed is null then 'outcome_unknown'
        end as reason
    from in_scope

),

counted as (

    select
        service_id,
        team_id,
        area,
        day_on,
        segment_key,
        count(case when is_production is null then 1 end) as environment_unknown,
        count(case when is_production and outcome = 'succeeded' then 1 end) as succeeded,
        count(case when is_production and outcome = 'failed' then 1 end) as failed,
        count(case when is_production and outcome = 'aborted' then 1 end) as aborted,
        count(case when is_production and outcome = 'rolled_back' then 1 end) as rolled_back,
        count(case when is_production and outcome is null then 1 end) as outcome_unknown,
        count(case when is_production and is_immature then 1 end) as immature,
        count(case when is_production and not is_immature and is_failed then 1 end) as change_failed,
        count(case when is_production and not is_immature and is_failed is not null then 1 end) as change_known,
        count(case when is_production and not is_immature and is_failed is null then 1 end) as change_unknown,
        count(case when is_production and is_unplanned_fix then 1 end) as unplanned_fix,
        count(case when is_production and is_unplanned_fix is not null then 1 end) as fix_known,
        count(case when is_production and is_unplanned_fix is null then 1 end) as fix_unknown,
        count(case when is_production and version is not null and is_version_return then 1 end) as version_return,
        count(case when is_production and version is not null then 1 end) as version_known,
        count(case when is_production and version is null then 1 end) as version_unknown
    from in_scope
    group by service_id, team_id, area, day_on, segment_key

)

{{ statistics_unpivot_parts(
    'counted',
    counted=[
        ['deployment_frequency', none, none, 'succeeded', none],
        ['deployment_frequency', 'outcome', 'succeeded', 'succeeded', none],
        ['deployment_frequency', 'outcome', 'failed', 'failed', none],
        ['deployment_frequency', 'outcome', 'aborted', 'aborted', none],
        ['deployment_frequency', 'outcome', 'rolled_back', 'rolled_back', none],
        ['deployment_frequency', 'outcome', 'unknown', 'outcome_unknown', none],
        ['change_fail_rate', none, none, 'change_failed', 'change_known'],
        ['rework_rate', none, none, 'unplanned_fix', 'fix_known'],
        ['rollback_rate', none, none, 'version_return', 'version_known'],
    ],
    excluded=[
        ['deployment_frequency', 'environment_unknown', 'environment_unknown'],
        ['deployment_frequency', 'outcome_unknown', 'outcome_unknown'],
        ['change_fail_rate', 'environment_unknown', 'environment_unknown'],
        ['change_fail_rate', 'immature', 'immature'],
        ['change_fail_rate', 'outcome_unknown', 'change_unknown'],
        ['rework_rate', 'environment_unknown', 'environment_unknown'],
        ['rework_rate', 'unplanned_fix_unknown', 'fix_unknown'],
        ['rollback_rate', 'environment_unknown', 'environment_unknown'],
        ['rollback_rate', 'version_unknown', 'version_unknown'],
    ]
) }}
union all
{{ statistics_judged_parts('by_strategy', splits=['strategy'], whole=false) }}
