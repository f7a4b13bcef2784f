{{ config(materialized='table') }}
{%- set columns = [
    text('policy_version', raw='landed.policy_version'),
    day('stated_from', raw='landed.valid_from'),
    text('section', raw='landed.section', required=true),
    text('setting', raw='landed.setting', required=true),
    required(count('item', raw='landed.item', low=1)),
    text('value', raw='landed.value'),
    text('why', raw='landed.why', required=true)
] -%}

{{ flagged_folder_rows('organisation_policy_settings', columns, key=['policy_version', 'section', 'setting', 'item']) }}
