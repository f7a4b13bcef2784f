{#- No two rows share a key, unknown parts of it counted as equal. -#}
{% test key_is_unique(model, columns) %}
select
    {{ columns | join(', ') }},
    count(*) as rows_of_key
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
