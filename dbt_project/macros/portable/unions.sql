{#-
    Rows of several vendors as one record kind. `columns` maps every column to its type; `without` maps each vendor's
    model to the columns that it cannot say, which are null there.
-#}
{% macro rows_of_vendors(columns, without) -%}
{%- for vendor, unsaid in without.items() %}
select
    {%- for column, type in columns.items() %}
    {{ 'cast(null as ' ~ type ~ ') as ' ~ column if column in unsaid else column }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ ref(vendor) }}
{{ '
union all
' if not loop.last }}
{%- endfor %}
{%- endmacro %}
