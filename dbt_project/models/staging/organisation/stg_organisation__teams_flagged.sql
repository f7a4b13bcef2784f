{{ config(materialized='table') }}
{%- set columns = [
    text('team_id', raw='landed.team_id', required=true),
    text('name', raw='landed.name'),
    text('area', raw='landed.area'),
    count('members', raw='landed.members'),
    number('capacity_hours_per_week', raw='landed.capacity_hours_per_week', high=100000),
    text('rollout_cohort', raw='landed.rollout_cohort'),
    text('aliases', raw='landed.aliases'),
    instant('valid_from', raw='landed.valid_from'),
    instant('valid_to', raw='landed.valid_to', not_before='valid_from')
] -%}

{{ flagged_folder_rows('organisation_teams', columns, key=['team_id', 'valid_from']) }}
