{#- Parquet tables of Spark know no constraints, so what a contract says of nulls is looked at once the table is built;
    DuckDB refuses the row by itself. -#}
{% macro spark__persist_constraints(relation, model) -%}
    {%- set columns = [] -%}
    {%- for column in model.columns.values() if column.constraints | selectattr('type', 'equalto', 'not_null') | list -%}
        {%- do columns.append(column.name) -%}
    {%- endfor -%}
    {%- if config.get('contract').enforced and columns -%}
        {%- set counted = run_query('select count(*), count(' ~ columns | join('), count(') ~ ') from ' ~ relation).rows[0] -%}
        {%- for column in columns -%}
            {%- set nulls = counted[0] - counted[loop.index] -%}
            {%- if nulls > 0 -%}
                {{ exceptions.raise_compiler_error(
                    relation ~ ': ' ~ nulls ~ ' rows have no ' ~ column ~ ', which the contract asks for'
                ) }}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
