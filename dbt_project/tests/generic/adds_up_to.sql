{#- Sums of columns by a key are those of another table: nothing lost, nothing twice. Reads few columns, so that it can
    look at all rows of a table that is built in parts. -#}
{% test adds_up_to(model, to, by, columns) %}
with

sums as (
    select
        {{ by }},
        {%- for column in columns %}
        sum({{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ model }}
    group by {{ by }}
),

expected as (
    select
        {{ by }},
        {%- for column in columns %}
        sum({{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ to }}
    group by {{ by }}
)

select
    coalesce(sums.{{ by }}, expected.{{ by }}) as {{ by }},
    {%- for column in columns %}
    sums.{{ column }},
    expected.{{ column }} as expected_{{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
from sums
full outer join expected on sums.{{ by }} = expected.{{ by }}
where
    {% for column in columns -%}
    sums.{{ column }} is distinct from expected.{{ column }}{{ ' or ' if not loop.last }}
    {%- endfor %}
{% endtest %}
