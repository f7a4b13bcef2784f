{{ config(materialized='table') }}
{%- set columns = [
    text('stated_source', raw='landed.source', required=true),
    text('kind', raw='landed.kind', required=true),
    named('service_id', 'service', raw='landed.service_id'),
    instant('covers_from', raw='landed.covers_from', required=true),
    instant('covers_to', raw='landed.covers_to', not_before='covers_from')
] -%}

{{ flagged_folder_rows('organisation_coverage', columns, key=['source', 'kind', 'service_id', 'covers_from']) }}
