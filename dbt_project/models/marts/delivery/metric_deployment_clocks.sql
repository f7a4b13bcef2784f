-- One row per production deployment and clock: from its first commit to its end (lead_time), and from its failure to
-- the restoration (failed_deployment_recovery_time), as it says itself, else as its incidents say. What delivered
-- nothing has no lead time, and the first deployment of a service ends a time before the log.
with

deployments as (

    select * from {{ ref('fct_deployments') }}

    where coalesce(is_production, true)

),

failures as (

    select * from {{ ref('fct_deployment_failures') }}

),

run as (

    select * from {{ source('landing', 'run') }}

),

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

clocks as (

    select
        'lead_time' as metric_id,
        deployment_id,
        service_id,
        team_id,
        area,
        strategy,
        deployed_at as anchored_at,
        first_commit_at as started_at,
        finished_at as stopped_at,
        case
            when is_production is null then 'environment_unknown'
            when is_first_of_service then 'first_deployment'
            when outcome in ('failed', 'aborted', 'rolled_back') then 'not_delivered'
            when first_commit_at is null then 'first_commit_unknown'
            when finished_at is null then 'finish_unknown'
        end as reason
    from deployments

    union all

    select
        'failed_deployment_recovery_time' as metric_id,
        deployment_id,
        service_id,
        team_id,
        area,
        strategy,
        anchored_at,
        failed_at as started_at,
        restored_at as stopped_at,
        case
            when failed_at is null then 'failure_time_unknown'
            when is_restoration_unknown then 'restoration_time_unknown'
        end as reason
    from failures

),

measured as (

    select
        clocks.*,
        {{ dates_local_day('clocks.anchored_at', 'run.time_zone') }} as day_on,
        segments.segment_key,
        {{ microseconds_between('clocks.started_at', 'coalesce(clocks.stopped_at, run.as_of)') }}
            as duration_microseconds
    from clocks
    cross join run
    {{ statistics_join_segments('clocks', 'anchored_at') }}

)

select
    metric_id,
    deployment_id,
    service_id,
    team_id,
    area,
    day_on,
    segment_key,
    coalesce(strategy, 'unknown') as strategy,
    stopped_at is not null as is_event,
    duration_microseconds,
    case
        when reason is not null then reason
        when duration_microseconds < 0 then 'negative_duration'
    end as exclusion_reason
from measured
