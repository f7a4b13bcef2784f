-- Guardrails of every team and the portfolio: gates that hold or do not, and are part of no score. Held is null where
-- it cannot be said; restored_by says in words what would restore it.
with

verdicts as (select * from {{ ref('int_guardrail_rows') }}),

spine as (select * from {{ ref('int_guardrail_spine') }}),

run as (select * from {{ source('landing', 'run') }})

select
    spine.entity_type,
    spine.entity_id,
    spine.entity_name,
    verdicts.guardrail_id,
    spine.period_type,
    spine.period_start_on,
    spine.is_closed,
    {{ guardrail_held('verdicts.status') }} as held,
    verdicts.status,
    verdicts.measure,
    verdicts.observed,
    verdicts.threshold,
    verdicts.unit,
    verdicts.n,
    verdicts.failed,
    verdicts.unknown,
    verdicts.excepted,
    verdicts.evidence_ids,
    verdicts.evidence_rows,
    verdicts.approver_role,
    verdicts.median_review_minutes,
    verdicts.restored_by,
    verdicts.policy_version,
    run.as_of
from verdicts
inner join spine
    on
        verdicts.entity_key = spine.entity_key
        and verdicts.period_key = spine.period_key
cross join run
