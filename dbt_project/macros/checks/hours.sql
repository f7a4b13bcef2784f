{#-
    Feeds of measurements that are many (samples, histograms), built by hour: a new batch costs the hours that it speaks
    of. What belongs here: whole models that differ in their feed and columns alone. What does not: what a row means.
-#}

{#- Which hours a batch speaks of: read once, since a batch never changes. `hour_key` is the hour as its source wrote it,
    so that all versions of a measurement have the same one, whatever the zone. -#}
{% macro spoken_hours(feed) -%}
with

batches as (

    select * from {{ ref('stg_landing__batches') }}

    where
        feed = '{{ feed }}'
        {% if is_incremental() -%}
        and batch_id not in (select known.batch_id from {{ this }} as known)
        {%- endif %}

),

landed as (

    select * from {{ source('landing', feed) }}

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
{%- endmacro %}

{#- The state of every hour: which batches speak of it, how they are read, and whether the clock hides any of it. What was
    worked out from an hour stands as long as its state does. -#}
{% macro hour_states(spoken) -%}
with

spoken as (select * from {{ ref(spoken) }}),

batches as (select * from {{ ref('stg_landing__batches') }}),

dated as (
    select
        spoken.batch_id,
        spoken.hour_key,
        spoken.rows,
        batches.time_zone,
        batches.date_order,
        batches.is_declared,
        batches.as_of,
        case
            when {{ word('spoken.raw_recorded_at') }} is null then batches.known_at
            else {{ parse_instant(word('spoken.raw_recorded_at'), 'batches.time_zone', 'batches.date_order') }}
        end as known_at
    from spoken
    inner join batches on spoken.batch_id = batches.batch_id
)

select
    hour_key,
    concat_ws(
        '/',
        cast(count(distinct batch_id) as string), min(batch_id), max(batch_id),
        cast(sum(rows) as string),
        min(time_zone), max(time_zone), min(date_order), max(date_order),
        cast(count(case when is_declared then 1 end) as string),
        cast(max(case when known_at > as_of then as_of end) as string)
    ) as hour_state
from dated
group by hour_key
{%- endmacro %}

{#- Every landed measurement with its defects and its fate, and the state of its hour. All rows of an hour that is stale
    are read again, whatever batch they came with. `columns` hold a derived hour_key. -#}
{% macro flagged_hours(feed, columns, key, hours, spoken) -%}
{%- set within -%}
    fed._batch_id in (select stale_batches.batch_id from stale_batches)
    and {{ hour_key('fed.starts_at') }} in (select stale.hour_key from stale)
{%- endset -%}
with

hours as (select * from {{ ref(hours) }}),

spoken as (select * from {{ ref(spoken) }}),

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
measured as (
    with

    {{ flagged_measurements(feed, columns, key=key, within=within if is_incremental() else none) }}
)

select
    measured.*,
    hours.hour_state
from measured
inner join hours on measured.hour_key = hours.hour_key
{%- endmacro %}

{#- The hours that are to be summed anew: those whose state is another than the one that they were summed from. -#}
{% macro stale_hours(hours) -%}
    select distinct hours.hour_key
    from {{ ref(hours) }} as hours
    {% if is_incremental() -%}
    left join {{ this }} as built
        on
            hours.hour_key = built.hour_key
            and hours.hour_state = built.hour_state
    where built.hour_key is null
    {%- endif %}
{%- endmacro %}
