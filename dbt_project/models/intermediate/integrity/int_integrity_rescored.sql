-- What a metric says, and what it would say had nothing been changed: of loosened objectives what is left of the
-- quarter's error budget, by the objectives in force and by those before the quarter's first loosening; of services
-- that vanished the incidents per service-month of those that stayed, and of the whole cohort.
with

quarters as (

    select * from {{ ref('int_periods') }}

    where period_type = 'quarter'

),

loosenings as (

    select
        loosenings.*,
        quarters.period_key,
        quarters.starts_at,
        quarters.ends_at,
        row_number() over (
            partition by loosenings.slo_id, quarters.period_key order by loosenings.in_force_from nulls last
        ) as place,
        1000000 - {{ statistics_millionths('loosenings.former_objective') }} as former_error_millionths
    from {{ ref('int_integrity_loosenings') }} as loosenings
    inner join quarters
        on
            loosenings.in_force_from >= quarters.starts_at
            and loosenings.in_force_from < quarters.ends_at
    where loosenings.breached_on is not null and loosenings.objective < loosenings.former_objective

),

budgets as (

    select
        loosenings.team_id,
        loosenings.period_key,
        sum(cast(hours.budget_bad as decimal(38, 0))) as bad,
        sum(cast(hours.allowed_millionths as decimal(38, 0))) as allowed_millionths,
        sum(case
            when hours.hour_at >= loosenings.in_force_from
                then cast(loosenings.former_error_millionths as decimal(38, 0)) * hours.budget_valid
            else cast(hours.allowed_millionths as decimal(38, 0))
        end) as former_millionths
    from loosenings
    inner join {{ ref('fct_slo_hours') }} as hours
        on
            loosenings.slo_id = hours.slo_id
            and loosenings.starts_at <= hours.hour_at
            and loosenings.ends_at > hours.hour_at
    where loosenings.place = 1 and hours.sli is not null and not hours.is_excluded
    group by loosenings.team_id, loosenings.period_key

),

cohorts as (

    select
        team_id,
        period_key,
        sum(cast({{ microseconds_between('member_from', 'member_to') }} as decimal(38, 0))) as microseconds,
        sum(case
            when vanished_at is null then cast({{ microseconds_between('member_from', 'member_to') }} as decimal(38, 0))
            else 0
        end) as stayed_microseconds
    from {{ ref('int_integrity_cohorts') }}
    group by team_id, period_key

),

counts as (

    select * from {{ ref('int_integrity_counts') }}

    where signal_id = 'shrinking_denominator'

)

select
    'slo_loosening' as signal_id,
    team_id as entity_id,
    period_key,
    case
        when allowed_millionths > 0 then 1e0 - cast(bad as double) * 1e6 / cast(allowed_millionths as double)
    end as published_value,
    case
        when former_millionths > 0 then 1e0 - cast(bad as double) * 1e6 / cast(former_millionths as double)
    end as rescored_value
from budgets

union all

select
    counts.signal_id,
    counts.entity_id,
    counts.period_key,
    case
        when cohorts.stayed_microseconds > 0
            then
                cast(counts.n - counts.suspicious as double)
                / (cast(cohorts.stayed_microseconds as double) / 26298e8)
    end as published_value,
    cast(counts.n as double) / (cast(cohorts.microseconds as double) / 26298e8) as rescored_value
from counts
inner join cohorts
    on
        counts.entity_id = cohorts.team_id
        and counts.period_key = cohorts.period_key
where cohorts.microseconds > 0
