{{ config(materialized='table') }}
{%- set columns = [
    text('stated_source', raw='landed.source', required=true),
    text('kind', raw='landed.kind', required=true),
    named('service_id', 'service', raw='landed.service_id'),
    instant('covers_from', raw='landed.covers_from', required=true),
    instant('covers_to', raw='landed.covers_to', not_before='covers_from')
] -%}

with

landed as (
    {{ landed_rows('organisation_coverage') }}
),

{{ flagged_rows(
    'organisation_coverage', columns,
    record=['source', 'kind', 'service_id', 'covers_from'], key=['source', 'kind', 'service_id', 'covers_from'],
    source_record_id="concat_ws(':', landed.source, landed.kind, landed.service_id, landed.covers_from)",
    recorded_at=known_since()
) }}
