{#- Sums of columns by a key are those of another table: nothing lost, nothing twice. Reads few columns, so that it can
    look at all rows of a table that is built in parts. -#}
{% test adds_up_to(model, to, by, columns) %}
{%- set sums, different = [], [] -%}
{%- for column in columns -%}
    {%- do sums.append('sum(' ~ column ~ ') as ' ~ column) -%}
    {%- do different.append('found.' ~ column ~ ' is distinct from expected.' ~ column) -%}
{%- endfor -%}
select
    expected.{{ by }} as expected_key,
    found.*
from (select {{ by }}, {{ sums | join(', ') }} from {{ model }} group by {{ by }}) as found
full outer join (select {{ by }}, {{ sums | join(', ') }} from {{ to }} group by {{ by }}) as expected
    on found.{{ by }} = expected.{{ by }}
where {{ different | join(' or ') }}
{% endtest %}
