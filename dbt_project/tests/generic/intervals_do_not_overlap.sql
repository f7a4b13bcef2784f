{#- Half-open intervals of one key follow each other without gap or overlap. -#}
{% test intervals_do_not_overlap(model, key, starts, ends) %}
with

ordered as (
    select
        {{ key }},
        {{ starts }},
        {{ ends }},
        lead({{ starts }}) over (partition by {{ key }} order by {{ starts }} nulls last) as next_starts
    from {{ model }}
)

select *
from ordered
where {{ ends }} < {{ starts }} or (next_starts is not null and next_starts <> {{ ends }})
{% endtest %}
