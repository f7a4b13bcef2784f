-- Every check that Upptime committed. It checks every five minutes, and commits when the state changes and once a day.
-- A response time of 0 is no answer, not a fast one.
{{ config(materialized='table') }}
{%- set checked_at = known_since('landed.checked_at') -%}
{%- set columns = [
    unseen(text('commit_id', raw='landed.commit', required=true)),
    named('service_id', 'service', raw='landed.service_slug', required=true),
    instant('checked_at', raw='landed.checked_at', required=true),
    translated('is_failed', {'up': 'false', 'degraded': 'false', 'down': 'true'}, raw='landed.status', required=true),
    count('response_ms', raw='nullif(' ~ word('landed.response_ms') ~ ", '0')"),
] -%}

with

landed as (
    {{ landed_rows('upptime_checks') }}
),

{{ flagged_rows(
    'upptime_checks', columns, record=['commit'], key=['commit'],
    source_record_id='landed.commit', recorded_at=checked_at
) }}
