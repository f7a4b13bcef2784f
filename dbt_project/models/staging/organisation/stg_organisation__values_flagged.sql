{{ config(materialized='table') }}
{%- set columns = [
    text('stated_source', raw='landed.source', required=true),
    text('field', raw='landed.field', required=true),
    text('theirs', raw='landed.raw_value', required=true),
    text('ours', raw='landed.value', required=true)
] -%}

with

landed as (
    {{ landed_rows('organisation_values') }}
),

{{ flagged_rows(
    'organisation_values', columns, record=['source', 'field', 'raw_value'], key=['source', 'field', 'raw_value'],
    source_record_id="concat_ws(':', landed.source, landed.field, landed.raw_value)", recorded_at=known_since()
) }}
