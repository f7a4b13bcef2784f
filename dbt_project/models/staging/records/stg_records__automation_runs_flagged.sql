{{ config(materialized='table') }}
{%- set columns = [
    text('run_id', raw='landed.run_id', required=true),
    text('automation_id', raw='landed.automation_id'),
    text('version', raw='landed.version'),
    named('service_id', 'service', raw='landed.service_id'),
    choice(
        'trigger', ['alert', 'incident', 'schedule', 'pipeline', 'person'], raw='landed.trigger', mapped=true
    ),
    text('incident_id', raw='landed.incident_id'),
    text('alert_id', raw='landed.alert_id'),
    instant('started_at', raw='landed.started_at', happened=true, required=true),
    instant('finished_at', raw='landed.finished_at', happened=true, not_before='started_at'),
    choice('outcome', ['succeeded', 'failed', 'timed_out', 'aborted'], raw='landed.outcome', mapped=true),
    choice('mode', ['live', 'dry_run', 'shadow'], raw='landed.mode', mapped=true),
    instant('approval_requested_at', raw='landed.approval_requested_at'),
    instant('approved_at', raw='landed.approved_at'),
    instant('approval_expires_at', raw='landed.approval_expires_at'),
    flag('approver_differs', raw='landed.approver_differs'),
    instant('taken_over_at', raw='landed.taken_over_at', happened=true),
    instant('reversed_at', raw='landed.reversed_at', happened=true),
    text('harmed_incident_id', raw='landed.harmed_incident_id')
] -%}

{{ flagged_records('records_automation_runs', columns) }}
