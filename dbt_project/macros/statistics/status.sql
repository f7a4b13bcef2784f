{#- Status of a cell, first that holds. Too little data is not zero; unknown is never zero. `at_best`: a condition under
    which it is provisional at best, however many events there are. -#}
{% macro statistics_status(is_covered, immature, excluded, n, minimum_n, at_best=none) -%}
    case
        when not {{ is_covered }} then 'missing_source'
        when {{ immature }} > 0 then 'immature'
        when {{ n }} = 0 and {{ excluded }} = 0 then 'no_exposure'
        when {{ n }} < {{ minimum_n }} then 'insufficient'
        when {{ n }} < 20 {{ 'or ' ~ at_best if at_best }} then 'provisional'
        else 'ok'
    end
{%- endmacro %}
