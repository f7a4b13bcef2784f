{#- What samples are summed from, by hour or finer: CTEs that end in `judged`, the samples of every hour that has changed
    since the model was built, or whose slices are judged by another target now. For models that keep hour_key,
    hour_state, slo_id, hour_at and slice_millionths. -#}
{% macro samples_to_sum() -%}
samples as (

    select * from {{ ref('stg_records__sli_samples_flagged') }}

),

hours as (

    select * from {{ ref('stg_records__sli_sample_hours') }}

),

targets as (

    select * from {{ ref('int_slos') }}

    where budgeting = 'time_slices' and slice_millionths is not null

),

stale as (

    {% if is_incremental() -%}
    select hours.hour_key
    from hours
    left join {{ this }} as built
        on
            hours.hour_key = built.hour_key
            and hours.hour_state = built.hour_state
    where built.hour_key is null

    union distinct

    select built.hour_key
    from {{ this }} as built
    left join targets
        on
            built.slo_id = targets.slo_id
            and built.hour_at >= targets.in_force_from
            and coalesce(built.hour_at < targets.in_force_to, true)
    where built.slice_millionths is distinct from targets.slice_millionths
    {%- else -%}
    select hour_key from hours
    {%- endif %}

),

judged as (

    select
        samples.source,
        samples.batch_id,
        samples.slo_id,
        samples.market,
        samples.starts_at,
        {{ hour_start('samples.starts_at') }} as hour_at,
        samples.hour_key,
        samples.hour_state,
        targets.slice_millionths,
        samples.fate = 'staged' as stands,
        samples.recorded_at,
        samples.seconds,
        samples.good,
        samples.valid,
        samples.fate = 'staged' and samples.valid > 0 and targets.slice_millionths is not null as is_slice,
        cast(samples.good as decimal(19, 0)) * 1000000
        < cast(targets.slice_millionths as decimal(7, 0)) * cast(samples.valid as decimal(19, 0)) as is_bad
    from samples
    inner join stale
        on samples.hour_key = stale.hour_key
    left join targets
        on
            samples.slo_id = targets.slo_id
            and {{ hour_start('samples.starts_at') }} >= targets.in_force_from
            and coalesce({{ hour_start('samples.starts_at') }} < targets.in_force_to, true)

)
{%- endmacro %}
