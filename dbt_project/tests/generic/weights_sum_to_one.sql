{#- Weights of each group sum to 1, those that are unknown left out; a group that has none is not weighed. -#}
{% test weights_sum_to_one(model, weight, by) %}
select
    {{ by | join(', ') }},
    sum({{ weight }}) as total
from {{ model }}
group by {{ by | join(', ') }}
having abs(sum({{ weight }}) - 1) > 1e-9
{% endtest %}
