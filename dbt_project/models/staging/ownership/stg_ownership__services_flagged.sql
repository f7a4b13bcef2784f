-- Changes of ownership of the services that services.csv names.
{{ config(materialized='table') }}
{%- set columns = [
    named('service_id', 'service', raw='landed.app'),
    instant('valid_from', raw='landed.valid_from', required=true),
    choice('change', ['set', 'deleted'], raw='landed.change', required=true),
    named('team_id', 'team', raw='landed.team'),
] -%}

with

landed as (
    {{ landed_rows('ownership_changes') }}
),

{{ flagged_rows(
    'ownership_changes', columns, record=['app', 'valid_from'], key=['app', 'valid_from'],
    source_record_id="concat_ws('@', landed.app, landed.valid_from)", recorded_at=known_since('landed.valid_from'),
    not_applicable="case when service_id_names.service_id is null then 'not a deployed service' end"
) }}
