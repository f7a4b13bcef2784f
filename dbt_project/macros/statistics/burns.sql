{#- Alert pairs of a 30-day window (The Site Reliability Workbook, chapter 5): long and short window in seconds, and the
    burn rate, in tenths, that both must reach. For another window the factor is times window_days / 30. -#}
{% macro burn_pairs() -%}
    {{ return([
        {'name': 'fired_1h', 'long': 3600, 'short': 300, 'tenths': 144},
        {'name': 'fired_6h', 'long': 21600, 'short': 1800, 'tenths': 60},
        {'name': 'fired_1d', 'long': 86400, 'short': 7200, 'tenths': 30},
        {'name': 'fired_3d', 'long': 259200, 'short': 21600, 'tenths': 10},
    ]) }}
{%- endmacro %}

{#- What was bad and allowed in every window of the pairs, and the bad events of the long ones. -#}
{% macro burn_sums() -%}
    {%- set sums = [] -%}
    {%- for pair in burn_pairs() -%}
        {%- for seconds in [pair.long, pair.short] if 'bad_' ~ seconds not in sums | join -%}
            {%- for column in ['bad', 'allowed'] -%}
                {%- do sums.append(burn_sum(column, seconds) ~ ' as ' ~ column ~ '_' ~ seconds) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- do sums.append(burn_sum('bad_events', pair.long) ~ ' as bad_events_' ~ pair.long) -%}
    {%- endfor -%}
    {{ sums | join(',\n        ') }}
{%- endmacro %}

{#- Sum of a column over what ended within so many seconds up to the end of a row. A gap is no time. -#}
{% macro burn_sum(column, seconds) -%}
sum({{ column }}) over (
            partition by slo_id order by ended_second nulls last range between {{ seconds - 1 }} preceding and current row
        )
{%- endmacro %}

{#- Whether each pair fires: both windows reach its factor, the long one holds 5 bad events, the short one a sample. -#}
{% macro burn_verdicts() -%}
    {%- set verdicts = [] -%}
    {%- for pair in burn_pairs() -%}
        {%- do verdicts.append(
            'seconds <= ' ~ pair.short ~ ' and bad_events_' ~ pair.long ~ ' >= 5 and ' ~ burn_reaches(pair.long, pair.tenths)
            ~ ' and ' ~ burn_reaches(pair.short, pair.tenths) ~ ' as ' ~ pair.name
        ) -%}
    {%- endfor -%}
    {{ verdicts | join(',\n        ') }}
{%- endmacro %}

{#- Whether the burn over a window reaches the factor: bad / allowed >= tenths / 10 * window_days / 30, multiplied out. -#}
{% macro burn_reaches(seconds, tenths) -%}
cast(bad_{{ seconds }} as double) * 3e8 >= {{ tenths }}e0 * window_days * cast(allowed_{{ seconds }} as double)
{%- endmacro %}

{#- CTEs that end in `reached`: the days whose windows are to be worked out (`stale`), which are those whose state is
    another than the one that they were worked out from, and the hours whose intervals these windows reach. For the
    model that keeps day_number and burn_state. -#}
{% macro burn_days_to_judge() -%}
days as (

    select * from {{ ref('int_burn_days') }}

),

hours as (

    select * from {{ ref('int_burn_hours') }}

),

stale as (

    {% if is_incremental() -%}
    select
        coalesce(days.day_number, built.day_number) as day_number,
        days.burn_state
    from days
    full outer join (
        select distinct
            known.day_number,
            known.burn_state
        from {{ this }} as known
    ) as built
        on days.day_number = built.day_number
    where days.burn_state is distinct from built.burn_state
    {%- else -%}
    select
        day_number,
        burn_state
    from days
    {%- endif %}

),

reached as (

    select distinct hours.hour_at
    from hours
    inner join stale
        on
            stale.day_number >= hours.first_day
            and stale.day_number - 3 <= hours.last_day

)
{%- endmacro %}
