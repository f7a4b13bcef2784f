-- Is anything that the policy guards worse than before scoring began: breached where the smallest of the p-values,
-- times how many could be tested (Bonferroni), is below the policy's level. A team that is excused from it on every
-- day of a period is excepted in it.
with

spine as (select * from {{ ref('int_guardrail_spine') }}),

comparisons as (select * from {{ ref('int_guardrail_comparisons') }}),

levels as (

    {{ guardrail_settings('non_inferiority', 'alpha') }}

),

exceptions as (

    select * from {{ ref('stg_organisation__policy_exceptions') }}
    where subject_type = 'guardrail' and subject_id = 'non_inferiority' and entity_type = 'team'

),

ranked as (

    select
        comparisons.*,
        spine.policy_version,
        levels.number as threshold,
        exceptions.approver_role,
        row_number() over (
            partition by comparisons.entity_key, comparisons.period_key
            order by
                comparisons.corrected_p asc nulls last,
                comparisons.n desc nulls last,
                comparisons.metric_id asc nulls last
        ) as place
    from comparisons
    inner join spine
        on
            comparisons.entity_key = spine.entity_key
            and comparisons.period_key = spine.period_key
    inner join levels
        on spine.policy_version = levels.policy_version
    left join exceptions
        on
            spine.entity_type = exceptions.entity_type
            and spine.entity_id = exceptions.entity_id
            and spine.period_start_on >= exceptions.valid_from
            and spine.period_end_on < exceptions.expires_on

),

verdicts as (

    select
        entity_key,
        period_key,
        policy_version,
        threshold,
        max(approver_role) as approver_role,
        min(corrected_p) as observed,
        cast(count(case when corrected_p < threshold then 1 end) as bigint) as worse,
        {{ texts_in_order("case when corrected_p < threshold then 'metrics/' || metric_id end") }} as evidence_ids,
        max(case when place = 1 then metric_id end) as measure,
        max(case when place = 1 then n end) as n,
        max(case when place = 1 then wrong end) as wrong,
        max(case when place = 1 then baseline_n end) as baseline_n,
        max(case when place = 1 then baseline_wrong end) as baseline_wrong,
        max(case when is_covered then 0 else 1 end) = 1 as is_uncovered,
        max(case when is_covered and baseline_n is null then 1 else 0 end) = 1 as is_without_baseline
    from ranked
    group by entity_key, period_key, policy_version, threshold

),

judged as (

    select
        *,
        case
            when worse > 0 and approver_role is not null then 'excepted'
            when worse > 0 then 'breached'
            when is_uncovered then 'missing_source'
            when is_without_baseline then 'no_baseline'
            when observed is null then 'no_exposure'
            else 'held'
        end as status
    from verdicts

)

select
    entity_key,
    period_key,
    policy_version,
    'non_inferiority' as guardrail_id,
    measure,
    status,
    observed,
    threshold,
    'p value' as unit,
    n,
    case when status = 'breached' then worse else 0 end as failed,
    cast(0 as bigint) as unknown,
    case when status = 'excepted' then worse else 0 end as excepted,
    evidence_ids,
    worse as evidence_rows,
    case when status = 'excepted' then approver_role end as approver_role,
    cast(null as double) as median_review_minutes,
    case status
        when 'breached'
            then
                measure || ' no worse than in the baseline, where ' || cast(baseline_wrong as string) || ' of '
                || cast(baseline_n as string) || ' went wrong: of ' || cast(n as string) || ' it was '
                || cast(wrong as string)
        when 'missing_source' then 'sources that speak of all metrics of guardrails.non_inferiority'
        when 'no_baseline' then 'a baseline: enough closed quarters before the period, or an earlier baseline.before'
    end as restored_by
from judged
