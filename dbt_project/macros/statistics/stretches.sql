{#- Stretches of time: half-open intervals with `starts_at` and `ends_at`, both known. -#}

{#- The union of a relation's stretches, by the columns `by`: one row for each without a gap. Those that touch are joined,
    empty ones left out. Of the columns `least` (a list) it has the least that any of its stretches has. What is united
    anew for somebody else does not add up to this. -#}
{% macro stretches_united(rows_of, by, least=[]) -%}
    select
        {{ by }},
        {%- for column in least %}
        min({{ column }}) as {{ column }},
        {%- endfor %}
        min(starts_at) as starts_at,
        max(ends_at) as ends_at
    from (
        select
            *,
            sum(case when reached_at >= starts_at then 0 else 1 end) over (
                partition by {{ by }}
                order by starts_at nulls last, ends_at nulls last
                rows between unbounded preceding and current row
            ) as island
        from (
            select
                {{ ([by] + least) | join(', ') }},
                starts_at,
                ends_at,
                max(ends_at) over (
                    partition by {{ by }}
                    order by starts_at nulls last, ends_at nulls last
                    rows between unbounded preceding and 1 preceding
                ) as reached_at
            from {{ rows_of }}
            where starts_at < ends_at
        ) as reached
    ) as islands
    group by {{ by }}, island
{%- endmacro %}

{#- What two relations of stretches share, by the columns `by` (a list; null meets nothing). `lefts` and `rights` are
    further columns of either. Where neither overlaps itself, neither does this. -#}
{% macro stretches_shared(left, right, by, lefts=[], rights=[]) -%}
    select
        {%- for column in by + lefts %}
        {{ left }}.{{ column }},
        {%- endfor %}
        {%- for column in rights %}
        {{ right }}.{{ column }},
        {%- endfor %}
        greatest({{ left }}.starts_at, {{ right }}.starts_at) as starts_at,
        least({{ left }}.ends_at, {{ right }}.ends_at) as ends_at
    from {{ left }}
    inner join {{ right }}
        on
            {%- for column in by %}
            {{ left }}.{{ column }} = {{ right }}.{{ column }} and
            {%- endfor %}
            {{ left }}.starts_at < {{ right }}.ends_at
            and {{ left }}.ends_at > {{ right }}.starts_at
{%- endmacro %}

{#- Stretches cut at local midnights, with their day_on. `columns` is a list. Needs the relation `days`. -#}
{% macro stretches_by_day(rows_of, columns) -%}
    select
        {%- for column in columns %}
        {{ rows_of }}.{{ column }},
        {%- endfor %}
        days.day_on,
        greatest({{ rows_of }}.starts_at, days.starts_at) as starts_at,
        least({{ rows_of }}.ends_at, days.ends_at) as ends_at
    from {{ rows_of }}
    inner join days
        on
            {{ rows_of }}.starts_at < days.ends_at
            and {{ rows_of }}.ends_at > days.starts_at
{%- endmacro %}

{#- Rows of a relation that has service_id, team_id and area, once for every type of entity that they count for: `level`
    says which, and the others' columns are null. What is united after this is united anew for every entity. -#}
{% macro stretches_by_level(rows_of, columns) -%}
    {% for level, column in [('service', 'service_id'), ('team', 'team_id'), ('area', 'area'), ('portfolio', none)] -%}
    {% if not loop.first %}union all{% endif %}
    select
        '{{ level }}' as level,
        {%- for entity in ['service_id', 'team_id', 'area'] %}
        {{ entity if entity == column else 'cast(null as string)' }} as {{ entity }},
        {%- endfor %}
        {{ columns }}
    from {{ rows_of }}
    {% if column %}where {{ column }} is not null{% endif %}
    {% endfor -%}
{%- endmacro %}
