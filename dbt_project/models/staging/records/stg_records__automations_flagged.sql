{{ config(materialized='table') }}
{%- set recorded_at = known_since('landed.recorded_at') -%}
{%- set columns = [
    unseen(text('record', raw='landed.source_record_id', required=true)),
    text('automation_id', raw='landed.automation_id', required=true),
    text('version', raw='landed.version'),
    named('team_id', 'team', raw='landed.team_id'),
    text('name', raw='landed.name'),
    text('alert_classes', raw='landed.alert_classes'),
    choice('risk', ['routine', 'critical'], raw='landed.risk', mapped=true),
    instant('formalised_at', raw='landed.formalised_at'),
    instant('tested_at', raw='landed.tested_at'),
    number('manual_minutes', raw='landed.manual_minutes'),
    choice('manual_minutes_basis', ['measured', 'declared'], raw='landed.manual_minutes_basis', mapped=true),
    text('derived_from', raw='landed.derived_from'),
    instant('valid_from', raw='landed.valid_from'),
    instant('valid_to', raw='landed.valid_to', not_before='valid_from'),
    unseen(known_as(instant('source_updated_at', raw='landed.updated_at'), 'updated_at')),
    unseen(known_as(instant('source_recorded_at', raw='landed.recorded_at'), 'recorded_at')),
    unseen(flag('deletion', raw='landed.is_deleted'))
] -%}

with

landed as (
    {{ landed_rows('records_automations') }}
),

{{ flagged_rows(
    'records_automations', columns, record=['source_record_id'], key=['source_record_id', 'updated_at'],
    source_record_id=word('landed.source_record_id'), recorded_at=recorded_at,
    updated_at=changed_at('landed.updated_at', recorded_at),
    tombstone="coalesce(lower(trim(landed.is_deleted)) = 'true', false)"
) }}
