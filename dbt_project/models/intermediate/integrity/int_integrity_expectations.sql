-- The share of suspicious records that an honest entity would have, and its spread (the correlation of two of them; 0
-- is a plain binomial), with how many events it was learnt from (null: it is given, and learnt from none).
with

signals as (select * from {{ ref('signal_catalogue') }}),

counts as (select * from {{ ref('int_integrity_counts') }}),

claims as (

    select
        team_id,
        period_key,
        cast(sum(untouched) as bigint) as untouched,
        cast(sum(expected_millionths) as bigint) as expected_millionths,
        cast(sum(elsewhere) as bigint) as elsewhere
    from {{ ref('int_integrity_claims') }}
    where is_no_better
    group by team_id, period_key

),

cohorts as (

    select
        team_id,
        period_key,
        sum({{ microseconds_between('member_from', 'member_to') }}) as microseconds,
        sum(
            case when vanished_at is not null then {{ microseconds_between('member_from', 'member_to') }} else 0 end
        ) as vanished_microseconds
    from {{ ref('int_integrity_cohorts') }}
    group by team_id, period_key

),

slopes as (

    select
        answers.organisation,
        quarters.period_key,
        cast(count(*) as bigint) as neighbours,
        power(
            (cast(sum(case when answers.width < 0 then 1 else 0 end) as double) + 5e-1)
            / (cast(sum(case when answers.width > 0 then 1 else 0 end) as double) + 5e-1),
            25e-2
        ) as step
    from {{ ref('int_integrity_answers') }} as answers
    inner join {{ ref('int_periods') }} as quarters
        on
            quarters.period_type = 'quarter'
            and answers.acknowledged_at >= quarters.starts_at
            and answers.acknowledged_at < quarters.ends_at
    where answers.width in (-3, -2, 1, 2)
    group by answers.organisation, quarters.period_key

)

select
    groups.signal_id,
    groups.entity_id,
    groups.period_key,
    {{ statistics_expected_share('groups.baseline_suspicious', 'groups.baseline_n') }} as share,
    case
        when signals.null_model = 'binomial_others' then 0e0
        else {{ statistics_spread(
            'groups.baseline_suspicious', 'groups.baseline_n', 'groups.compared', 'groups.quotients', 'groups.squares'
        ) }}
    end as spread,
    groups.baseline_n
from {{ ref('int_integrity_groups') }} as groups
inner join signals
    on groups.signal_id = signals.signal_id
where groups.compared >= 2 or signals.null_model = 'beta_binomial_former'

union all

select
    counts.signal_id,
    counts.entity_id,
    counts.period_key,
    case counts.signal_id when 'late_edit' then 5e-1 else 2e-1 end as share,
    0e0 as spread,
    cast(null as bigint) as baseline_n
from counts
where counts.signal_id in ('late_edit', 'minute_heaping')

union all

select
    'credit_for_self_clearing' as signal_id,
    team_id as entity_id,
    period_key,
    1e0 - cast(expected_millionths as double) / 1e6 / cast(untouched as double) as share,
    1e0 / (cast(elsewhere as double) + 2e0) as spread,
    elsewhere as baseline_n
from claims
where untouched > 0

union all

select
    'shrinking_denominator' as signal_id,
    team_id as entity_id,
    period_key,
    cast(vanished_microseconds as double) / cast(microseconds as double) as share,
    0e0 as spread,
    cast(null as bigint) as baseline_n
from cohorts
where vanished_microseconds > 0 and vanished_microseconds < microseconds

union all

select
    'threshold_bunching' as signal_id,
    organisation as entity_id,
    period_key,
    step / (1e0 + step) as share,
    0e0 as spread,
    neighbours as baseline_n
from slopes
