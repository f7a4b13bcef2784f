{#- What samples are summed from, by hour or finer: CTEs that end in `judged`, the samples of every hour that has changed
    since the model was built, whose slices are judged by another target now, or of which another time was agreed not to
    count. For models that keep hour_key, hour_state, slo_id, hour_at, slice_millionths and exclusion_state. -#}
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

excluded_hours as (

    select * from {{ ref('int_excluded_hours') }}

),

agreements as (

    select
        slo_id,
        hour_at,
        {{ texts_in_order("concat_ws(' to ', cast(starts_at as string), cast(ends_at as string))") }} as exclusion_state
    from excluded_hours
    group by slo_id, hour_at

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
    left join agreements
        on
            built.slo_id = agreements.slo_id
            and built.hour_at = agreements.hour_at
    where
        built.slice_millionths is distinct from targets.slice_millionths
        or built.exclusion_state is distinct from agreements.exclusion_state
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
        agreements.exclusion_state,
        samples.fate = 'staged' as stands,
        samples.fate = 'staged' and excluded_hours.slo_id is not null as is_excluded,
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
    left join agreements
        on
            samples.slo_id = agreements.slo_id
            and {{ hour_start('samples.starts_at') }} = agreements.hour_at
    left join excluded_hours
        on
            samples.slo_id = excluded_hours.slo_id
            and {{ hour_start('samples.starts_at') }} = excluded_hours.hour_at
            and samples.starts_at >= excluded_hours.starts_at
            and {{ microseconds_between('samples.starts_at', 'excluded_hours.ends_at') }} >= samples.seconds * 1000000

)
{%- endmacro %}
