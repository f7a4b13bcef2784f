-- Which hours a batch of samples speaks of: read once, since a batch never changes. `hour_key` is the hour as its
-- source wrote it, so that all versions of a sample have the same one, whatever the zone.
{{ config(
    materialized=built_in_parts(),
    incremental_strategy='append'
) }}

with

batches as (

    select * from {{ ref('stg_landing__batches') }}

    where
        feed = 'records_sli_samples'
        {% if is_incremental() -%}
        and batch_id not in (select known.batch_id from {{ this }} as known)
        {%- endif %}

),

landed as (

    select * from {{ source('landing', 'records_sli_samples') }}

)

select
    landed._batch_id as batch_id,
    {{ hour_key('landed.starts_at') }} as hour_key,
    landed.recorded_at as raw_recorded_at,
    cast(count(*) as bigint) as rows
from landed
inner join batches
    on landed._batch_id = batches.batch_id
group by landed._batch_id, {{ hour_key('landed.starts_at') }}, landed.recorded_at
