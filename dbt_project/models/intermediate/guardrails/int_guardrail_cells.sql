-- What every measure of a guardrail counts, by entity and period: a row too where nothing happened or no source speaks,
-- and how many may fail by the policy: none, a number, or a share of n.
with

spine as (select * from {{ ref('int_guardrail_spine') }}),

counts as (select * from {{ ref('int_guardrail_counts') }}),

parts as (select * from {{ ref('guardrail_measures') }}),

settings as (

    select
        policy_version,
        section,
        setting,
        {{ parse_number('value') }} as number
    from {{ ref('stg_organisation__policy_settings') }}
    where section like 'guardrails.%'

),

covered as (

    select * from {{ ref('int_covered_periods') }}
    where is_covered

),

measures as (

    select
        guardrail_id,
        measure,
        subjects,
        failing,
        unit,
        per,
        limit_setting,
        min(place) as place,
        {{ texts_in_order('requires_kind') }} as needs
    from parts
    group by guardrail_id, measure, subjects, failing, unit, per, limit_setting

),

uncovered as (

    select
        spine.entity_key,
        spine.period_key,
        parts.measure
    from spine
    cross join parts
    left join covered
        on
            spine.entity_key = covered.entity_key
            and spine.period_key = covered.period_key
            and parts.guardrail_id || '.' || parts.part = covered.metric_id
    where covered.metric_id is null
    group by spine.entity_key, spine.period_key, parts.measure

),

counted as (

    select
        spine.entity_key,
        spine.period_key,
        spine.policy_version,
        measures.*,
        uncovered.measure is null as is_covered,
        coalesce(settings.number, 0e0) as threshold,
        coalesce(counts.n, 0) as n,
        coalesce(counts.failed, 0) as failed,
        coalesce(counts.unknown, 0) as unknown,
        coalesce(counts.excepted, 0) as excepted,
        counts.approver_role,
        counts.evidence_ids,
        coalesce(counts.evidence_rows, 0) as evidence_rows,
        counts.median_review_minutes
    from spine
    cross join measures
    left join settings
        on
            spine.policy_version = settings.policy_version
            and settings.section = 'guardrails.' || measures.guardrail_id
            and measures.limit_setting = settings.setting
    left join uncovered
        on
            spine.entity_key = uncovered.entity_key
            and spine.period_key = uncovered.period_key
            and measures.measure = uncovered.measure
    left join counts
        on
            spine.entity_key = counts.entity_key
            and spine.period_key = counts.period_key
            and measures.measure = counts.measure

)

select
    *,
    case
        when per is null then cast(threshold as bigint)
        else {{ statistics_quotient(statistics_millionths('threshold') ~ ' * n', 'per * 1000000') }}
    end as allowed
from counted
