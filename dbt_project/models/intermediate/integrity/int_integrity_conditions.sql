-- Without which a signal does not fire: splitting asks that the united impact per quarter is flat, at most half as
-- much again as in the team's former quarters, since more trouble makes more incidents honestly; deployments of
-- nothing ask that the change fail rate fell below that of the former quarters, since that is what they are good for.
with

quarters as (

    select
        *,
        {{ dates_plus_months('period_start_on', 12) }} as compared_until_on
    from {{ ref('int_periods') }}
    where period_type = 'quarter'

),

impacts as (

    select
        team_id,
        service_id,
        started_at as starts_at,
        resolved_at as ends_at
    from {{ ref('fct_incidents') }}
    where is_planned = false and team_id is not null and service_id is not null and started_at <= resolved_at

),

united as (

    {{ stretches_united('impacts', by='team_id, service_id') }}

),

parts as (

    select
        'incident_splitting' as signal_id,
        united.team_id,
        quarters.period_key,
        cast(sum({{ microseconds_between('united.starts_at', 'united.ends_at') }}) as bigint) as numerator,
        cast(1 as bigint) as denominator
    from united
    inner join quarters
        on
            united.starts_at >= quarters.starts_at
            and united.starts_at < quarters.ends_at
    group by united.team_id, quarters.period_key

    union all

    select
        'deployment_splitting' as signal_id,
        deployments.team_id,
        quarters.period_key,
        cast(sum(case when deployments.is_failed then 1 else 0 end) as bigint) as numerator,
        cast(count(*) as bigint) as denominator
    from {{ ref('fct_deployments') }} as deployments
    inner join quarters
        on
            deployments.deployed_at >= quarters.starts_at
            and deployments.deployed_at < quarters.ends_at
    where deployments.is_production and deployments.is_failed is not null and deployments.team_id is not null
    group by deployments.team_id, quarters.period_key

),

former as (

    select
        parts.signal_id,
        parts.team_id,
        parts.period_key,
        parts.numerator,
        parts.denominator,
        cast(sum(earlier.numerator) as bigint) as former_numerator,
        cast(sum(earlier.denominator) as bigint) as former_denominator
    from parts
    inner join quarters
        on parts.period_key = quarters.period_key
    inner join quarters as before
        on
            quarters.period_start_on > before.period_start_on
            and quarters.period_start_on <= before.compared_until_on
            and before.is_closed
    inner join parts as earlier
        on
            parts.signal_id = earlier.signal_id
            and parts.team_id = earlier.team_id
            and before.period_key = earlier.period_key
    group by parts.signal_id, parts.team_id, parts.period_key, parts.numerator, parts.denominator

)

select
    signal_id,
    team_id as entity_id,
    period_key,
    case signal_id
        when 'incident_splitting'
            then
                cast(numerator as decimal(38, 0)) * former_denominator * 2
                <= cast(former_numerator as decimal(38, 0)) * denominator * 3
        else
            cast(numerator as decimal(38, 0)) * former_denominator
            < cast(former_numerator as decimal(38, 0)) * denominator
    end as holds
from former
