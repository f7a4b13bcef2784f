-- Every line of a log of health checks. Two of one service in one minute that disagree have no order: both are held.
{{ config(materialized='table') }}
{%- set checked_at = known_since('landed.checked_at_utc') -%}
{%- set columns = [
    named('service_id', 'service', raw='landed.service', required=true),
    instant('checked_at', raw='landed.checked_at_utc', required=true),
    translated('is_failed', {'success': 'false', 'failed': 'true'}, raw='landed.result', required=true),
] -%}

with

landed as (
    {{ landed_rows('health_checks') }}
),

{{ flagged_rows(
    'health_checks', columns, record=['service', 'checked_at_utc'], key=['service', 'checked_at_utc'],
    source_record_id="concat_ws('/', landed.service, landed.checked_at_utc)", recorded_at=checked_at
) }}
