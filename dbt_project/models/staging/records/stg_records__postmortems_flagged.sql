{{ config(materialized='table') }}
{%- set columns = [
    text('postmortem_id', raw='landed.postmortem_id', required=true),
    text('incident_id', raw='landed.incident_id'),
    named('team_id', 'team', raw='landed.team_id'),
    instant('started_at', raw='landed.started_at', happened=true),
    instant('published_at', raw='landed.published_at', happened=true, not_before='started_at'),
    unseen(count('participants', raw='landed.participants')),
    count('teams_present', raw='landed.teams_present'),
] -%}

{{ flagged_records('records_postmortems', columns) }}
