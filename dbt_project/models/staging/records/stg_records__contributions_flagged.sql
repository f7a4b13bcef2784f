{{ config(materialized='table') }}
{%- set columns = [
    text('contribution_id', raw='landed.contribution_id', required=true),
    named('team_id', 'team', raw='landed.team_id'),
    instant('contributed_at', raw='landed.contributed_at', happened=true, required=true),
    choice('kind', contribution_kinds(), raw='landed.kind', mapped=true, required=true),
    named('reused_by_team_id', 'team', raw='landed.reused_by_team_id'),
] -%}

{{ flagged_records('records_contributions', columns) }}
