{#- A relation between columns of one row; unknown does not break it. -#}
{% test holds_in_every_row(model, expression) %}
select *
from {{ model }}
where not ({{ expression }})
{% endtest %}
