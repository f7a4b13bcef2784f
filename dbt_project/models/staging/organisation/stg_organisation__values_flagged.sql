{{ config(materialized='table') }}
{%- set columns = [
    text('stated_source', raw='landed.source', required=true),
    text('field', raw='landed.field', required=true),
    text('theirs', raw='landed.raw_value', required=true),
    text('ours', raw='landed.value', required=true)
] -%}

{{ flagged_folder_rows('organisation_values', columns, key=['source', 'field', 'raw_value']) }}
