{{ config(materialized='table') }}
{%- set columns = [
    text('alert_id', raw='landed.alert_id', required=true),
    named('service_id', 'service', raw='landed.service_id'),
    text('alert_class', raw='landed.alert_class'),
    instant('fired_at', raw='landed.fired_at', happened=true, required=true),
    instant('resolved_at', raw='landed.resolved_at', happened=true, not_before='fired_at'),
    choice(
        'resolved_by', ['automation', 'person', 'self_cleared', 'time_out'], raw='landed.resolved_by', mapped=true
    ),
    flag('was_paged', raw='landed.was_paged'),
    flag('action_taken', raw='landed.action_taken'),
    text('incident_id', raw='landed.incident_id'),
    flag('is_held_out', raw='landed.is_held_out'),
] -%}

{{ flagged_records('records_alerts', columns) }}
