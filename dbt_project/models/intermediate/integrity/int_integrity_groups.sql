-- What a signal of a team is compared with: the same signal of the other teams in the same quarter, or of the same
-- team in the four quarters before that are closed. The team itself, and the quarter itself, are left out.
with

signals as (

    select * from {{ ref('signal_catalogue') }}

),

quarters as (

    select
        *,
        {{ dates_plus_months('period_start_on', 12) }} as compared_until_on
    from {{ ref('int_periods') }}
    where period_type = 'quarter'

),

counts as (

    select
        counts.*,
        quarters.period_start_on,
        quarters.compared_until_on,
        quarters.is_closed,
        signals.null_model
    from {{ ref('int_integrity_counts') }} as counts
    inner join signals
        on counts.signal_id = signals.signal_id
    inner join quarters
        on counts.period_key = quarters.period_key
    where counts.n > 0

),

groups as (

    select
        counts.signal_id,
        counts.entity_id,
        counts.period_key,
        others.suspicious,
        others.n
    from counts
    inner join counts as others
        on
            counts.signal_id = others.signal_id
            and counts.period_key = others.period_key
            and counts.entity_id <> others.entity_id
    where counts.null_model in ('beta_binomial_others', 'binomial_others')

    union all

    select
        counts.signal_id,
        counts.entity_id,
        counts.period_key,
        former.suspicious,
        former.n
    from counts
    inner join counts as former
        on
            counts.signal_id = former.signal_id
            and counts.entity_id = former.entity_id
            and counts.period_start_on > former.period_start_on
            and counts.period_start_on <= former.compared_until_on
    where counts.null_model = 'beta_binomial_former' and former.is_closed

)

select
    signal_id,
    entity_id,
    period_key,
    cast(count(*) as bigint) as compared,
    cast(sum(n) as bigint) as baseline_n,
    cast(sum(suspicious) as bigint) as baseline_suspicious,
    cast(sum(n * n) as bigint) as squares,
    cast(sum({{ statistics_quotient('suspicious * suspicious * 1000000', 'n') }}) as bigint) as quotients
from groups
group by signal_id, entity_id, period_key
