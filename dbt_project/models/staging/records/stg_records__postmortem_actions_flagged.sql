{{ config(materialized='table') }}
{%- set columns = [
    text('action_id', raw='landed.action_id', required=true),
    text('postmortem_id', raw='landed.postmortem_id'),
    named('team_id', 'team', raw='landed.team_id'),
    instant('due_at', raw='landed.due_at'),
    instant('done_at', raw='landed.done_at', happened=true),
] -%}

{{ flagged_records('records_postmortem_actions', columns) }}
