{#- Every key of another table that meets the condition is here: nothing was dropped on the way. -#}
{% test holds_every_key_of(model, column, to, field, condition='true') %}
select expected.{{ field }}
from {{ to }} as expected
left join {{ model }} as found on expected.{{ field }} = found.{{ column }}
where expected.{{ condition }} and found.{{ column }} is null
{% endtest %}
