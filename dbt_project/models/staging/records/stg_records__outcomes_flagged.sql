{{ config(materialized='table') }}
{%- set columns = [
    choice(
        'measure', ['customer_satisfaction', 'customer_retention'], raw='landed.measure', mapped=true, required=true
    ),
    text('market', raw='landed.market'),
    day('period_start_on', raw='landed.period_start_on', required=true),
    day('period_end_on', raw='landed.period_end_on', required=true, rules=[
        ['period_end_on < period_start_on', 'end before start'],
        ['period_end_on > cast(recorded_at as date)', 'later than it was recorded'],
    ]),
    number('value', raw='landed.value', high=1000000),
    count('n', raw='landed.n', high=1000000000),
    derived('value_millionths', 'bigint', parse_millionths('raw_value'))
] -%}

{{ flagged_records('records_outcomes', columns) }}
