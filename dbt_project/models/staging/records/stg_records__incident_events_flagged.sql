{{ config(materialized='table') }}
{%- set columns = [
    text('incident_id', raw='landed.incident_id', required=true),
    instant('event_at', raw='landed.event_at', happened=true, required=true),
    choice(
        'event', ['declared', 'acknowledged', 'escalated', 'reassigned', 'severity_changed', 'mitigated',
        'resolved', 'reopened', 'edited'], raw='landed.event', mapped=true, required=true
    ),
    text('field', raw='landed.field'),
    text('from_value', raw='landed.from_value'),
    text('to_value', raw='landed.to_value'),
    choice('actor', ['automation', 'person'], raw='landed.actor', mapped=true)
] -%}

{{ flagged_records('records_incident_events', columns) }}
