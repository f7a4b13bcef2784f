{{ config(materialized='table') }}
{%- set columns = [
    text('entry_id', raw='landed.entry_id', required=true),
    named('team_id', 'team', raw='landed.team_id'),
    named('service_id', 'service', raw='landed.service_id'),
    text('incident_id', raw='landed.incident_id'),
    text('category', raw='landed.category'),
    instant('performed_at', raw='landed.performed_at', happened=true, required=true),
    number('minutes', raw='landed.minutes', high=1000000),
    choice('basis', ['ticket', 'survey', 'derived'], raw='landed.basis', mapped=true),
] -%}

{{ flagged_records('records_toil_entries', columns) }}
