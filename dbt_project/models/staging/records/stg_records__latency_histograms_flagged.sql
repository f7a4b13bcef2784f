-- Every landed bucket of a histogram with its defects and its fate, by hour as the samples of objectives are.
{{ config(
    materialized=built_in_parts(),
    unique_key='hour_key'
) }}
{%- set columns = [
    named('service_id', 'service', raw='landed.service_id', required=true),
    text('market', raw='landed.market'),
    instant('starts_at', raw='landed.starts_at', happened=true, required=true),
    count('seconds', raw='landed.seconds', low=1),
    with_rules(number('upper_bound_ms', raw='landed.upper_bound_ms', low=none), [
        ['upper_bound_ms <= 0', 'not above 0'],
    ]),
    with_rules(count('count', raw='landed.count'), [['raw_count is null', 'missing']]),
    derived('hour_key', 'string', hour_key('raw_starts_at')),
] -%}

{{ flagged_hours(
    'records_latency_histograms', columns, key=['service_id', 'market', 'starts_at', 'upper_bound_ms'],
    hours='stg_records__latency_histogram_hours', spoken='stg_records__latency_histogram_batches'
) }}
