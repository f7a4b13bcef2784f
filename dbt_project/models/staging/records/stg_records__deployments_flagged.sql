{{ config(materialized='table') }}
{%- set recorded_at = known_since('landed.recorded_at') -%}
{%- set columns = [
    unseen(text('record', raw='landed.source_record_id', required=true)),
    text('deployment_id', raw='landed.deployment_id', required=true),
    named('service_id', 'service', raw='landed.service_id'),
    mapped_text('environment', raw='landed.environment'),
    text('version', raw='landed.version'),
    unseen(instant('first_commit_at', raw='landed.first_commit_at')),
    with_rules(instant('started_at', raw='landed.started_at', happened=true), [
        ['raw_started_at is null and raw_finished_at is null and not is_deleted', 'neither start nor end'],
    ]),
    instant('finished_at', raw='landed.finished_at', happened=true, not_before='started_at'),
    choice('outcome', ['succeeded', 'failed', 'aborted', 'rolled_back'], raw='landed.outcome', mapped=true),
    unseen(instant('failed_at', raw='landed.failed_at', happened=true)),
    unseen(instant('restored_at', raw='landed.restored_at', happened=true, not_before='failed_at')),
    choice('strategy', ['all_at_once', 'rolling', 'blue_green', 'canary'], raw='landed.strategy', mapped=true),
    number('exposed_share', raw='landed.exposed_share', high=1),
    choice('trigger', ['automation', 'person'], raw='landed.trigger', mapped=true),
    unseen(choice('tests', ['passed', 'failed', 'none'], raw='landed.tests', mapped=true)),
    unseen(count('gates_skipped', raw='landed.gates_skipped')),
    unseen(choice('abort_trigger', ['analysis', 'person'], raw='landed.abort_trigger', mapped=true)),
    text('rollback_of', raw='landed.rollback_of'),
    choice('rollback_trigger', ['automation', 'person'], raw='landed.rollback_trigger', mapped=true),
    unseen(choice('change_kind', ['feature', 'fix', 'security', 'routine'], raw='landed.change_kind', mapped=true)),
    flag('is_unplanned_fix', raw='landed.is_unplanned_fix'),
    unseen(count('change_count', raw='landed.change_count')),
    unseen(count('lines_changed', raw='landed.lines_changed')),
    unseen(instant('approval_requested_at', raw='landed.approval_requested_at')),
    unseen(instant('approved_at', raw='landed.approved_at')),
    unseen(flag('approver_differs', raw='landed.approver_differs')),
    unseen(known_as(instant('source_updated_at', raw='landed.updated_at'), 'updated_at')),
    unseen(known_as(instant('source_recorded_at', raw='landed.recorded_at'), 'recorded_at')),
    unseen(flag('deletion', raw='landed.is_deleted'))
] -%}

with

landed as (
    {{ landed_rows('records_deployments') }}
),

{{ flagged_rows(
    'records_deployments', columns, record=['source_record_id'], key=['source_record_id', 'updated_at'],
    source_record_id=word('landed.source_record_id'), recorded_at=recorded_at,
    updated_at=changed_at('landed.updated_at', recorded_at),
    tombstone="coalesce(lower(trim(landed.is_deleted)) = 'true', false)"
) }}
