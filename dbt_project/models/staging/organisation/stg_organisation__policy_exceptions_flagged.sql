{{ config(materialized='table') }}
{%- set columns = [
    choice('entity_type', ['team', 'service'], raw='landed.entity_type', required=true),
    text('entity_id', raw='landed.entity_id', required=true),
    choice('subject_type', ['metric', 'guardrail'], raw='landed.subject_type', required=true),
    text('subject_id', raw='landed.subject_id', required=true),
    day('valid_from', raw='landed.valid_from', required=true),
    day(
        'expires_on', raw='landed.expires_on', required=true, rules=[['expires_on <= valid_from', 'end before start']]
    ),
    text('approver_role', raw='landed.approver_role', required=true),
    text('reason', raw='landed.reason', required=true)
] -%}

{{ flagged_folder_rows(
    'organisation_policy_exceptions', columns,
    key=['entity_type', 'entity_id', 'subject_type', 'subject_id', 'valid_from']
) }}
