{#- Schemas are used as they are named: interfaces.md promises `scorecard.metric_values`, not `main_scorecard`. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
