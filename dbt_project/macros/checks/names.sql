{#- Every name by which a thing may be written, lower case: its id first, then its aliases. `staged` has a row a thing. -#}
{% macro every_name_of(staged, id) -%}
with

staged as (select * from {{ ref(staged) }}),

names as (
    select
        {{ id }},
        {{ name_key(id) }} as name_key,
        1 as preference
    from staged

    union all

    select
        {{ id }},
        {{ name_key('alias') }} as name_key,
        2 as preference
    from (select {{ id }}, {{ explode_words('aliases', "'|'") }} as alias from staged) as aliases
),

ranked as (
    select
        *,
        row_number() over (partition by name_key order by preference nulls last, {{ id }} nulls last) as name_rank
    from names
    where name_key is not null
)

select
    name_key,
    {{ id }}
from ranked
where name_rank = 1
{%- endmacro %}
