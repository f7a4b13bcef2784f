-- Every landed sample with its defects and its fate. A new batch costs the hours that it speaks of, all of whose rows
-- are read again: those of other batches may be superseded now. On Spark it is built whole.
{{ config(
    materialized=built_in_parts(),
    unique_key='hour_key'
) }}
{%- set columns = [
    text('slo_id', raw='landed.slo_id', required=true),
    text('market', raw='landed.market'),
    instant('starts_at', raw='landed.starts_at', happened=true, required=true),
    count('seconds', raw='landed.seconds', low=1),
    with_rules(count('good', raw='landed.good'), [
        ['raw_good is null', 'missing'],
        ['good > valid', 'more good than valid events'],
    ]),
    with_rules(count('valid', raw='landed.valid'), [['raw_valid is null', 'missing']]),
    derived('hour_key', 'string', hour_key('raw_starts_at')),
] -%}

{{ flagged_hours(
    'records_sli_samples', columns, key=['slo_id', 'market', 'starts_at'],
    hours='stg_records__sli_sample_hours', spoken='stg_records__sli_sample_batches'
) }}
