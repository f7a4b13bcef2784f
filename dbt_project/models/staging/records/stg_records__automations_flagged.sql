{{ config(materialized='table') }}
{%- set columns = [
    text('automation_id', raw='landed.automation_id', required=true),
    text('version', raw='landed.version'),
    named('team_id', 'team', raw='landed.team_id'),
    text('name', raw='landed.name'),
    text('alert_classes', raw='landed.alert_classes'),
    choice('risk', ['routine', 'critical'], raw='landed.risk', mapped=true),
    instant('formalised_at', raw='landed.formalised_at'),
    instant('tested_at', raw='landed.tested_at'),
    number('manual_minutes', raw='landed.manual_minutes', high=525600),
    choice('manual_minutes_basis', ['measured', 'declared'], raw='landed.manual_minutes_basis', mapped=true),
    text('derived_from', raw='landed.derived_from'),
    instant('valid_from', raw='landed.valid_from'),
    instant('valid_to', raw='landed.valid_to', not_before='valid_from')
] -%}

{{ flagged_records('records_automations', columns) }}
