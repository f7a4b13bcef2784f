-- Samples by hour: what every number about objectives is summed from. Only hours whose samples changed are summed anew;
-- an hour of which nothing stands keeps a row of no samples. On Spark it is built whole.
{{ config(
    materialized=built_in_parts(),
    unique_key='hour_key'
) }}

with

samples as (

    select * from {{ ref('stg_records__sli_samples_flagged') }}

),

hours as (

    select * from {{ ref('stg_records__sli_sample_hours') }}

),

stale as (

    select distinct hours.hour_key
    from hours
    {% if is_incremental() -%}
    left join {{ this }} as built
        on
            hours.hour_key = built.hour_key
            and hours.hour_state = built.hour_state
    where built.hour_key is null
    {%- endif %}

)

select
    samples.source,
    samples.batch_id,
    samples.slo_id,
    samples.market,
    {{ hour_start('samples.starts_at') }} as hour_at,
    max(case when samples.fate = 'staged' then samples.recorded_at end) as recorded_at,
    cast(count(case when samples.fate = 'staged' then 1 end) as bigint) as samples,
    cast(coalesce(sum(case when samples.fate = 'staged' then samples.seconds end), 0) as bigint) as seconds,
    cast(coalesce(sum(case when samples.fate = 'staged' then samples.good end), 0) as bigint) as good,
    cast(coalesce(sum(case when samples.fate = 'staged' then samples.valid end), 0) as bigint) as valid,
    samples.hour_key,
    samples.hour_state
from samples
inner join stale
    on samples.hour_key = stale.hour_key
group by
    samples.source, samples.batch_id, samples.slo_id, samples.market, {{ hour_start('samples.starts_at') }},
    samples.hour_key, samples.hour_state
