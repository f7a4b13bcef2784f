-- The verdict of every guardrail of records, by entity and period, and in words what would restore it. One with two
-- measures says what the worse of them says.
with

cells as (select * from {{ ref('int_guardrail_cells') }}),

judged as (

    select
        *,
        {{ guardrail_status('failed', 'unknown', 'excepted', 'n', 'allowed', 'is_covered') }} as status
    from cells

),

ranked as (

    select
        *,
        row_number() over (
            partition by entity_key, period_key, guardrail_id
            order by
                case status
                    when 'breached' then 1 when 'missing_source' then 2 when 'unknown' then 3 when 'excepted' then 4
                    when 'held' then 5 else 6
                end nulls last,
                place nulls last
        ) as severity
    from judged

)

select
    entity_key,
    period_key,
    policy_version,
    guardrail_id,
    measure,
    status,
    case
        when per is null then cast(failed as double)
        else cast(failed as double) / nullif(cast(n as double), 0e0) * cast(per as double)
    end as observed,
    threshold,
    unit,
    n,
    failed,
    unknown,
    excepted,
    evidence_ids,
    evidence_rows,
    case when excepted > 0 then approver_role end as approver_role,
    median_review_minutes,
    case status
        when 'breached'
            then
                cast(failed as string) || ' of ' || cast(n as string) || ' ' || subjects || ' ' || failing
                || case
                    when allowed = 0 then '; it holds again where none does'
                    else '; it holds again where at most ' || cast(allowed as string) || ' of as many do'
                end
        when 'missing_source'
            then 'a source that speaks of ' || replace(replace(needs, '|', ','), ',', ', ')
        when 'unknown'
            then
                'what the log does not say of ' || cast(unknown as string) || ' ' || subjects
                || ', see evidence_ids; at most ' || cast(allowed as string) || ' may fail'
    end as restored_by
from ranked
where severity = 1
