-- Every cell of the signals with its status, its counts and what is expected of it. Only a cell that is ok is tested:
-- what has no source, nothing to count, too few events or too little to compare with says nothing.
{{ config(materialized='table') }}

with

spine as (

    select * from {{ ref('int_integrity_spine') }}

),

counts as (

    select * from {{ ref('int_integrity_counts') }}

),

expectations as (

    select * from {{ ref('int_integrity_expectations') }}

),

shifts as (

    select * from {{ ref('int_integrity_shift_tests') }}

),

conditions as (

    select * from {{ ref('int_integrity_conditions') }}

),

joined as (

    select
        spine.*,
        coalesce(counts.n, 0) as n,
        coalesce(counts.suspicious, 0) as suspicious,
        coalesce(case spine.entity_type when 'portfolio' then counts.records else counts.n end, 0) as records,
        coalesce(counts.evidence, 0) as evidence,
        counts.evidence_ids,
        counts.evidence_recorded_at,
        case
            when spine.signal_id = 'exclusion_abuse' and counts.n > 0
                then coalesce(shifts.expected_windows, 0e0) / cast(counts.n as double)
            else expectations.share
        end as share,
        expectations.spread,
        case when counts.n > 0 then expectations.baseline_n end as baseline_n,
        case when spine.signal_id = 'exclusion_abuse' then coalesce(shifts.p_value, 1e0) end as given_p_value,
        case
            when spine.signal_id in ('trivial_padding', 'deployment_splitting')
                then
                    cast(counts.suspicious as double) / nullif(cast(counts.n as double), 0e0)
                    >= {{ var('signal_padding_share') }}
                    and case spine.signal_id when 'trivial_padding' then true else conditions.holds end
            else conditions.holds
        end as holds
    from spine
    left join counts
        on
            spine.signal_id = counts.signal_id
            and spine.entity_id = counts.entity_id
            and spine.period_key = counts.period_key
    left join expectations
        on
            spine.signal_id = expectations.signal_id
            and spine.entity_id = expectations.entity_id
            and spine.period_key = expectations.period_key
    left join shifts
        on
            spine.signal_id = shifts.signal_id
            and spine.entity_id = shifts.entity_id
            and spine.period_key = shifts.period_key
    left join conditions
        on
            spine.signal_id = conditions.signal_id
            and spine.entity_id = conditions.entity_id
            and spine.period_key = conditions.period_key

)

select
    signal_id,
    entity_type,
    entity_id,
    entity_key,
    period_key,
    is_covered,
    n,
    suspicious,
    records,
    evidence,
    evidence_ids,
    evidence_recorded_at,
    share,
    spread,
    baseline_n,
    given_p_value,
    holds,
    cast(row_number() over (
        order by signal_id nulls last, entity_key nulls last, period_key nulls last
    ) as bigint) as test_key,
    case
        when not is_covered then 'missing_source'
        when n = 0 then 'no_exposure'
        when
            records < case entity_type
                when 'portfolio' then {{ var('signal_organisation_n') }} else {{ var('signal_minimum_n') }}
            end
            or share is null
            or baseline_n < {{ var('signal_minimum_baseline') }}
            then 'insufficient'
        else 'ok'
    end as status
from joined
