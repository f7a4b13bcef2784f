{#-
    Rows of several models as one kind of record, as incidents of several vendors. `columns` maps every column to its type;
    `without` maps each model to the columns that it does not have, which are null there.
-#}
{% macro rows_of_models(columns, without) -%}
{%- for model, unsaid in without.items() %}
select
    {%- for column, type in columns.items() %}
    {{ 'cast(null as ' ~ type ~ ') as ' ~ column if column in unsaid else column }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ ref(model) }}
{{ '
union all
' if not loop.last }}
{%- endfor %}
{%- endmacro %}
