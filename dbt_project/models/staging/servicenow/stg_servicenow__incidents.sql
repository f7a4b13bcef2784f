-- An incident as its audit rows tell it: the group of its first row, the resolution that still stands.
with

audit_rows as (select * from {{ ref('stg_servicenow__incidents_flagged') }}),

states as (
    select
        source,
        source_record_id,
        version_rank,
        updated_at,
        team_id,
        state in ('Resolved', 'Closed') as is_resolved,
        state = 'Closed' as is_closed,
        state = 'Active' or state like 'Awaiting %' as is_worked_on
    from audit_rows
    where fate in ('staged', 'superseded') and not is_copy
),

turning_points as (
    select
        source,
        source_record_id,
        max(version_rank) as first_rank,
        coalesce(min(case when not is_resolved then version_rank end), max(version_rank) + 1) as last_unresolved_rank,
        coalesce(min(case when not is_closed then version_rank end), max(version_rank) + 1) as last_unclosed_rank
    from states
    group by source, source_record_id
),

histories as (
    select
        states.source,
        states.source_record_id,
        max(case when states.version_rank = turning_points.first_rank then states.team_id end) as first_team_id,
        min(case when states.is_worked_on then states.updated_at end) as acknowledged_at,
        min(
            case when states.version_rank < turning_points.last_unresolved_rank then states.updated_at end
        ) as resolved_at,
        min(case when states.version_rank < turning_points.last_unclosed_rank then states.updated_at end) as closed_at
    from states
    inner join turning_points
        on states.source = turning_points.source and states.source_record_id = turning_points.source_record_id
    group by states.source, states.source_record_id
)

select
    audit_rows.source,
    audit_rows.source_record_id,
    audit_rows.batch_id,
    audit_rows.updated_at,
    audit_rows.recorded_at,
    audit_rows.incident_id,
    audit_rows.service_id,
    histories.first_team_id as team_id,
    audit_rows.severity,
    audit_rows.declared_at,
    histories.acknowledged_at,
    histories.resolved_at,
    histories.closed_at,
    histories.resolved_at is not null as is_resolved,
    false as is_planned
from audit_rows
inner join histories
    on audit_rows.source = histories.source and audit_rows.source_record_id = histories.source_record_id
where audit_rows.fate = 'staged'
