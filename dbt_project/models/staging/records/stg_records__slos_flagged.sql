{{ config(materialized='table') }}
{%- set columns = [
    text('slo_id', raw='landed.slo_id', required=true),
    named('service_id', 'service', raw='landed.service_id', required=true),
    choice('sli', ['availability', 'latency'], raw='landed.sli', mapped=true, required=true),
    choice('budgeting', ['occurrences', 'time_slices'], raw='landed.budgeting', mapped=true),
    with_rules(number('objective', raw='landed.objective'), [
        ['raw_objective is null and not is_deleted', 'missing'],
        ['objective <= 0', 'not above 0'],
        ['objective >= 1', 'leaves no error budget'],
        [finer_than_millionths('objective'), 'finer than a millionth'],
    ]),
    with_rules(number('slice_target', raw='landed.slice_target', high=1), [
        [finer_than_millionths('slice_target'), 'finer than a millionth'],
    ]),
    count('window_days', raw='landed.window_days', low=1),
    number('threshold_ms', raw='landed.threshold_ms'),
    instant('valid_from', raw='landed.valid_from'),
    instant('valid_to', raw='landed.valid_to', not_before='valid_from')
] -%}

{{ flagged_records('records_slos', columns) }}
