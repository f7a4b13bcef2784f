{{ config(materialized='table') }}
{%- set columns = [
    text('market', raw='landed.market', required=true),
    flag('is_critical', raw='landed.is_critical'),
    zone('time_zone', raw='landed.time_zone'),
    instant('valid_from', raw='landed.valid_from'),
    instant('valid_to', raw='landed.valid_to', not_before='valid_from')
] -%}

{{ flagged_records('records_markets', columns) }}
