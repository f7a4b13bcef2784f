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
{%- set within -%}
    fed._batch_id in (select stale_batches.batch_id from stale_batches)
    and {{ hour_key('fed.starts_at') }} in (select stale.hour_key from stale)
{%- endset %}

with

hours as (select * from {{ ref('stg_records__sli_sample_hours') }}),

spoken as (select * from {{ ref('stg_records__sli_sample_batches') }}),

{% if is_incremental() -%}
built as (
    select
        hour_key,
        min(hour_state) as hour_state
    from {{ this }}
    group by hour_key
),

stale as (
    select hours.hour_key
    from hours
    left join built on hours.hour_key = built.hour_key
    where hours.hour_state is distinct from built.hour_state
),

stale_batches as (
    select distinct spoken.batch_id
    from spoken
    inner join stale on spoken.hour_key = stale.hour_key
),

{% endif -%}
samples as (
    with

    {{ flagged_measurements(
        'records_sli_samples', columns, key=['slo_id', 'market', 'starts_at'],
        within=within if is_incremental() else none
    ) }}
)

select
    samples.*,
    hours.hour_state
from samples
inner join hours on samples.hour_key = hours.hour_key
