{#- Status of a cell, first that holds. Too little data is not zero; unknown is never zero. -#}
{% macro statistics_status(is_covered, immature, excluded, n, minimum_n) -%}
    case
        when not {{ is_covered }} then 'missing_source'
        when {{ immature }} > 0 then 'immature'
        when {{ n }} = 0 and {{ excluded }} = 0 then 'no_exposure'
        when {{ n }} < {{ minimum_n }} then 'insufficient'
        when {{ n }} < 20 then 'provisional'
        else 'ok'
    end
{%- endmacro %}
