-- Every state of an objective that slos.yml was landed with is a record of its own: a changed one does not supersede
-- the one before, but follows it.
{{ config(materialized='table') }}
{%- set columns = [
    text('slo_id', raw='landed.slo_id', required=true),
    named('service_id', 'service', raw='landed.service_id', required=true),
    choice('sli', ['availability', 'latency'], raw='landed.sli', required=true),
    choice('budgeting', ['occurrences', 'time_slices'], raw='landed.budgeting', required=true),
    required(number('objective', raw='landed.objective')),
    number('slice_target', raw='landed.slice_target', high=1),
    count('window_days', raw='landed.window_days', low=1),
    number('threshold_ms', raw='landed.threshold_ms'),
    instant('valid_from', raw='landed.valid_from')
] -%}

{{ flagged_folder_rows('organisation_slos', columns, key=['slo_id', '_batch_id'], history=true) }}
