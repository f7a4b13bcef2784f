{#- Parts of metrics, one shape for all of them:
    metric_id, service_id, team_id, area, day_on, segment_key, dimension, dimension_value, exclusion_reason, numerator,
    denominator, excluded. A row either counts (exclusion_reason null) or says how many rows were left out and why. -#}

{#- Turns a wide table of counts by service, team, area, local day and segment into parts; rows that say nothing are left out.
    `counted`: [metric_id, dimension, dimension_value, numerator column, denominator column or none] each;
    `excluded`: [metric_id, reason, column] each. -#}
{% macro statistics_unpivot_parts(wide, counted, excluded=[]) -%}
    {% for metric_id, dimension, dimension_value, numerator, denominator in counted -%}
    {% if not loop.first %}union all{% endif %}
    select
        '{{ metric_id }}' as metric_id,
        service_id,
        team_id,
        area,
        day_on,
        segment_key,
        cast({{ "'" ~ dimension ~ "'" if dimension else 'null' }} as string) as dimension,
        cast({{ "'" ~ dimension_value ~ "'" if dimension_value else 'null' }} as string) as dimension_value,
        cast(null as string) as exclusion_reason,
        cast({{ numerator }} as bigint) as numerator,
        cast({{ denominator or 'null' }} as bigint) as denominator,
        cast(0 as bigint) as excluded
    from {{ wide }}
    where {{ denominator or numerator }} > 0
    {% endfor -%}
    {% for metric_id, reason, rows_excluded in excluded -%}
    union all
    select
        '{{ metric_id }}' as metric_id,
        service_id,
        team_id,
        area,
        day_on,
        segment_key,
        cast(null as string) as dimension,
        cast(null as string) as dimension_value,
        '{{ reason }}' as exclusion_reason,
        cast(0 as bigint) as numerator,
        cast(0 as bigint) as denominator,
        cast({{ rows_excluded }} as bigint) as excluded
    from {{ wide }}
    where {{ rows_excluded }} > 0
    {% endfor -%}
{%- endmacro %}

{#- Events that are judged one by one, with the local day and the segment of coverage of their anchored_at; what has no
    anchor yet is no event. Needs the relations `segments` and `run`. -#}
{% macro statistics_dated(judged) -%}
    select
        {{ judged }}.*,
        {{ dates_local_day(judged ~ '.anchored_at', 'run.time_zone') }} as day_on,
        segments.segment_key
    from {{ judged }}
    cross join run
    {{ statistics_join_segments(judged, 'anchored_at') }}
    where {{ judged }}.anchored_at is not null
{%- endmacro %}

{#- Turns events as statistics_dated gives them into parts: metric_id, service_id, team_id, area, is_hit, and the reason
    why one is left out, or null. `splits` are columns that they are split by too, where not null. Where an event stands
    for many, `hits`, `events` and `rows` are how many are in the numerator, in the denominator, and rows left out.
    `split_reason` is the reason in the splits, where what the whole leaves out is shown apart; not `whole`: splits alone. -#}
{% macro statistics_judged_parts(
    dated, splits=[], hits='case when is_hit then 1 else 0 end', events='1', rows='1', split_reason='reason', whole=true
) -%}
    {% for dimension in ([none] if whole else []) + splits -%}
    {% set because = split_reason if dimension else 'reason' -%}
    {% if not loop.first %}union all{% endif %}
    select
        metric_id,
        service_id,
        team_id,
        area,
        day_on,
        segment_key,
        cast({{ "'" ~ dimension ~ "'" if dimension else 'null' }} as string) as dimension,
        cast({{ dimension or 'null' }} as string) as dimension_value,
        {{ because }} as exclusion_reason,
        cast(sum(case when {{ because }} is null then {{ hits }} else 0 end) as bigint) as numerator,
        cast(sum(case when {{ because }} is null then {{ events }} else 0 end) as bigint) as denominator,
        cast(sum(case when {{ because }} is not null then {{ rows }} else 0 end) as bigint) as excluded
    from {{ dated }}
    {% if dimension %}where {{ dimension }} is not null{% endif %}
    group by metric_id, service_id, team_id, area, day_on, segment_key, {{ because }}{{ ', ' ~ dimension if dimension }}
    {% endfor -%}
{%- endmacro %}

{#- Rows of a relation that has service_id, team_id and area, once for each entity that they count for. Unknown
    owners count for nobody; the portfolio counts everything. Adds entity_key. `level` is the column that names the one
    type of entity that a row counts for, where not null: time that is united anew for each does not add up. -#}
{% macro statistics_entity_rows(rows_of, columns, entities='entities', level=none) -%}
    {% for entity_type, entity_id in [('service', 'service_id'), ('team', 'team_id'), ('area', 'area'), ('portfolio', none)] -%}
    {% if not loop.first %}union all{% endif %}
    select
        {{ entities }}.entity_key,
        {{ columns }}
    from {{ rows_of }}
    inner join {{ entities }}
        on {{ entities }}.entity_type = '{{ entity_type }}'
        {% if entity_id %}and {{ entities }}.entity_id = {{ rows_of }}.{{ entity_id }}{% endif %}
    {% if level -%}
    where coalesce({{ rows_of }}.{{ level }}, '{{ entity_type }}') = '{{ entity_type }}'
    {% endif -%}
    {% endfor -%}
{%- endmacro %}

{#- What the clocks of the duration metrics are split by; a clock has those splits whose column is not null. -#}
{% macro clock_splits() -%}
    {{ return(['severity', 'detected_by', 'resolved_by', 'start_basis', 'strategy']) }}
{%- endmacro %}

{#- Microseconds of one unit in which a duration is published. -#}
{% macro statistics_unit_microseconds(unit) -%}
    case {{ unit }} when 'minutes' then 6e7 when 'hours' then 3.6e9 when 'days' then 8.64e10 end
{%- endmacro %}

{#- A share between 0 and 1 in whole millionths, so that what it multiplies is summed as integers. -#}
{% macro statistics_millionths(share) -%}
    cast(cast({{ share }} as decimal(18, 6)) * 1000000 as bigint)
{%- endmacro %}

{#- Whether a share has more than six decimals. What is no share has other complaints. -#}
{% macro finer_than_millionths(share) -%}
    {{ return("cast(cast(least(greatest(" ~ share ~ ", 0e0), 1e0) as decimal(18, 6)) as double) <> " ~ share) }}
{%- endmacro %}

{#- What one is multiplied by where the shifts of a jackknife are summed: a share moves by little and keeps its digits,
    a burn rate may move by a million. -#}
{% macro statistics_jackknife_scale(interval_method) -%}
    case {{ interval_method }} when 'jackknife' then 1e6 else 1e3 end
{%- endmacro %}

{#- Judged entries of manual work as they count, or do not, for what a reason says: in the whole (basis null), and those of
    the share of toil in their basis too. -#}
{% macro toil_by_basis() -%}
    {% for basis, reason in [('cast(null as string)', 'reason'), ('basis', 'split_reason')] -%}
    {% if not loop.first %}union all{% endif %}
    select
        metric_id,
        team_id,
        area,
        day_on,
        week_start_on,
        segment_key,
        {{ basis }} as basis,
        worked_microseconds,
        {{ reason }} as reason
    from {{ ref('int_judged_toil') }}
    {% if basis == 'basis' %}where basis is not null and metric_id = 'toil_share'{% endif %}
    {% endfor -%}
{%- endmacro %}

{#- The metrics that are a share of what a team's people can work. -#}
{% macro shares_of_time() -%}
    {{ return(['toil_share', 'unplanned_work_share']) }}
{%- endmacro %}
