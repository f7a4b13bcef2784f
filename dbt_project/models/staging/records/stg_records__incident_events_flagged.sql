{{ config(materialized='table') }}
{%- set recorded_at = known_since('landed.recorded_at') -%}
{%- set columns = [
    unseen(text('record', raw='landed.source_record_id', required=true)),
    text('incident_id', raw='landed.incident_id', required=true),
    instant('event_at', raw='landed.event_at', happened=true, required=true),
    choice(
        'event', ['declared', 'acknowledged', 'escalated', 'reassigned', 'severity_changed', 'mitigated',
        'resolved', 'reopened', 'edited'], raw='landed.event', mapped=true, required=true
    ),
    text('field', raw='landed.field'),
    text('from_value', raw='landed.from_value'),
    text('to_value', raw='landed.to_value'),
    choice('actor', ['automation', 'person'], raw='landed.actor', mapped=true),
    unseen(known_as(instant('source_updated_at', raw='landed.updated_at'), 'updated_at')),
    unseen(known_as(instant('source_recorded_at', raw='landed.recorded_at'), 'recorded_at')),
    unseen(flag('deletion', raw='landed.is_deleted'))
] -%}

with

landed as (
    {{ landed_rows('records_incident_events') }}
),

{{ flagged_rows(
    'records_incident_events', columns, record=['source_record_id'], key=['source_record_id', 'updated_at'],
    source_record_id=word('landed.source_record_id'), recorded_at=recorded_at,
    updated_at=changed_at('landed.updated_at', recorded_at),
    tombstone="coalesce(lower(trim(landed.is_deleted)) = 'true', false)"
) }}
