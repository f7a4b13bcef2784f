{{ config(materialized='table') }}
{%- set columns = [
    choice('signal_id', integrity_signals(), raw='landed.signal_id', required=true),
    text('entity_id', raw='landed.entity_id', required=true),
    day('period_start_on', raw='landed.period_start_on', required=true, rules=[
        [dates_period_start('quarter', 'period_start_on') ~ ' <> period_start_on', 'not the first day of a quarter'],
    ]),
    choice('verdict', ['upheld', 'cleared'], raw='landed.verdict', mapped=true, required=true),
    text('reason', raw='landed.reason'),
    instant('reviewed_at', raw='landed.reviewed_at', happened=true, required=true)
] -%}

{{ flagged_records('records_signal_reviews', columns) }}
