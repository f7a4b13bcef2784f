-- The verdicts of all guardrails, one below the other.
{{ config(materialized='table') }}

{% for verdicts in ['int_guardrail_verdicts', 'int_guardrail_non_inferiority'] %}
select
    entity_key,
    period_key,
    policy_version,
    guardrail_id,
    measure,
    status,
    observed,
    threshold,
    unit,
    n,
    failed,
    unknown,
    excepted,
    evidence_ids,
    evidence_rows,
    approver_role,
    median_review_minutes,
    restored_by
from {{ ref(verdicts) }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
