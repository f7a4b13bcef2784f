-- Objectives with their history: every version with the time in which it was in force. Shares are whole millionths
-- beside, so that budgets are sums of integers. What slos.yml and a log say of one objective is one history.
with

slos as (
    {% for model in ['stg_records__slos', 'stg_organisation__slos'] %}
    select
        slo_id,
        source,
        source_record_id,
        batch_id,
        updated_at,
        recorded_at,
        service_id,
        sli,
        budgeting,
        objective,
        slice_target,
        window_days,
        threshold_ms,
        valid_from,
        valid_to
    from {{ ref(model) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

in_force as (
    {{ versions_in_force('slos', 'slo_id') }}
)

select
    slo_id,
    source,
    source_record_id,
    batch_id,
    recorded_at,
    service_id,
    sli,
    coalesce(budgeting, 'occurrences') as budgeting,
    objective,
    {{ statistics_millionths('objective') }} as objective_millionths,
    slice_target,
    {{ statistics_millionths('slice_target') }} as slice_millionths,
    window_days,
    threshold_ms,
    in_force_from,
    in_force_to
from in_force
