{{ config(materialized='table') }}
{%- set columns = [
    text('service_id', raw='landed.service_id', required=true),
    text('name', raw='landed.name'),
    named('team_id', 'team', raw='landed.team_id'),
    count('tier', raw='landed.tier', low=1, high=4),
    text('aliases', raw='landed.aliases'),
    instant('valid_from', raw='landed.valid_from'),
    instant('valid_to', raw='landed.valid_to', not_before='valid_from')
] -%}

{{ flagged_folder_rows('organisation_services', columns, key=['service_id', 'valid_from']) }}
