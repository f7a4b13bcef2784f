{{ config(materialized='table') }}
{%- set columns = [
    text('deployment_id', raw='landed.deployment_id', required=true),
    named('service_id', 'service', raw='landed.service_id'),
    mapped_text('environment', raw='landed.environment'),
    text('version', raw='landed.version'),
    instant('first_commit_at', raw='landed.first_commit_at'),
    with_rules(instant('started_at', raw='landed.started_at', happened=true), [
        ['raw_started_at is null and raw_finished_at is null and not is_deleted', 'neither start nor end'],
    ]),
    with_rules(instant('finished_at', raw='landed.finished_at', happened=true, not_before='started_at'), [
        ['finished_at < first_commit_at and coalesce(finished_at >= started_at, true)', 'end before its first commit'],
    ]),
    choice('outcome', ['succeeded', 'failed', 'aborted', 'rolled_back'], raw='landed.outcome', mapped=true),
    instant('failed_at', raw='landed.failed_at', happened=true),
    instant('restored_at', raw='landed.restored_at', happened=true, not_before='failed_at'),
    choice('strategy', ['all_at_once', 'rolling', 'blue_green', 'canary'], raw='landed.strategy', mapped=true),
    number('exposed_share', raw='landed.exposed_share', high=1),
    choice('trigger', ['automation', 'person'], raw='landed.trigger', mapped=true),
    choice('tests', ['passed', 'failed', 'none'], raw='landed.tests', mapped=true),
    count('gates_skipped', raw='landed.gates_skipped'),
    choice('abort_trigger', ['analysis', 'person'], raw='landed.abort_trigger', mapped=true),
    text('rollback_of', raw='landed.rollback_of'),
    choice('rollback_trigger', ['automation', 'person'], raw='landed.rollback_trigger', mapped=true),
    choice('change_kind', ['feature', 'fix', 'security', 'routine'], raw='landed.change_kind', mapped=true),
    flag('is_unplanned_fix', raw='landed.is_unplanned_fix'),
    count('change_count', raw='landed.change_count'),
    count('lines_changed', raw='landed.lines_changed'),
    instant('approval_requested_at', raw='landed.approval_requested_at'),
    instant('approved_at', raw='landed.approved_at'),
    flag('approver_differs', raw='landed.approver_differs')
] -%}

{{ flagged_records('records_deployments', columns) }}
