{#- Parquet tables of Spark know no constraints, so what a contract says of nulls is looked at once the table is built;
    DuckDB refuses the row by itself. -#}
{% macro spark__persist_constraints(relation, model) -%}
    {%- set columns = [] -%}
    {%- for column in model.columns.values() if column.constraints | selectattr('type', 'equalto', 'not_null') | list -%}
        {%- do columns.append(column.name) -%}
    {%- endfor -%}
    {%- if config.get('contract').enforced and columns -%}
        {%- set nulls = run_query(
            'select count(' ~ columns | join('), count(') ~ '), count(*) from ' ~ relation
        ).rows[0] -%}
        {%- for column in columns if nulls[loop.index0] < nulls[columns | length] -%}
            {{ exceptions.raise_compiler_error(
                relation ~ ': ' ~ (nulls[columns | length] - nulls[loop.index0]) ~ ' rows have no ' ~ column
                ~ ', which the contract asks for'
            ) }}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
