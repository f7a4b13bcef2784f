-- What every integrity signal looks at, one row a record: whether it is counted, whether it is suspicious, whether it
-- is evidence, and in which quarter it lies. What nobody owns is nobody's.
{{ config(materialized='table') }}
{% set models = [
    'int_integrity_severity_downgrades', 'int_integrity_late_edits', 'int_integrity_backdatings', 'int_integrity_splits',
    'int_integrity_silent_incidents', 'int_integrity_quick_reopenings', 'int_integrity_trivial_runs',
    'int_integrity_self_clearing', 'int_integrity_slo_loosenings', 'int_integrity_exclusions',
    'int_integrity_tiny_deployments', 'int_integrity_relabelled_rollbacks', 'int_integrity_vanished_services',
    'int_integrity_bunched_answers', 'int_integrity_heaped_ends'
] %}

with

quarters as (

    select * from {{ ref('int_periods') }}

    where period_type = 'quarter'

),

bounds as (

    select * from {{ ref('int_calendar_bounds') }}

),

events as (

    {% for model in models %}
    select
        signal_id,
        entity_id,
        happened_at,
        record_id,
        recorded_at,
        is_counted,
        is_suspicious,
        is_evidence
    from {{ ref(model) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    events.signal_id,
    events.entity_id,
    quarters.period_key,
    events.happened_at,
    replace(events.record_id, ',', ';') as record_id,
    events.recorded_at,
    events.is_counted,
    events.is_counted and events.is_suspicious as is_suspicious,
    events.is_evidence
from events
cross join bounds
inner join quarters
    on
        events.happened_at >= quarters.starts_at
        and events.happened_at < quarters.ends_at
where events.entity_id is not null and events.happened_at <= bounds.as_of
