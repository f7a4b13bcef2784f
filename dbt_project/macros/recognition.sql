{#- What a team may share with others (records.md). -#}
{% macro contribution_kinds() -%}
    {{ return(['recipe', 'instrumentation', 'training', 'review']) }}
{%- endmacro %}

{#- What is recognised, in the order in which it is told: the item, and the record kind whose source must speak. -#}
{% macro recognised_items() -%}
    {%- set items = [] -%}
    {%- for kind in contribution_kinds() -%}
        {%- do items.append(['contribution_' ~ kind, 'contributions']) -%}
    {%- endfor -%}
    {{ return(items + [
        ['contribution_reused', 'contributions'], ['recipe_reused', 'automations'], ['review_published', 'postmortems'],
    ]) }}
{%- endmacro %}

{#- The name of a row in a list: a comma within it is written as a semicolon. -#}
{% macro evidence_id(record) -%}
replace({{ record }}, ',', ';')
{%- endmacro %}

{#- Kinds of highlights, in the order in which they are told and chosen. -#}
{% macro highlight_kinds() -%}
    {{ return([
        'averted_outage', 'restore_time_fell', 'healed_by_automation', 'recipe_reused', 'error_budget_held',
        'actions_on_time',
    ]) }}
{%- endmacro %}

{#- A share below 1 with three decimals, cut off and not rounded: what lies below 1 is never shown as 1. -#}
{% macro thousandths_as_text(share) -%}
    substr({{ millionths_as_text(share) }}, 1, 5)
{%- endmacro %}

{#- Tenths of minutes as text: 315 is 31.5. -#}
{% macro tenths_as_text(tenths) -%}
    cast({{ statistics_quotient(tenths, 10) }} as string) || '.'
    || cast({{ tenths }} - 10 * {{ statistics_quotient(tenths, 10) }} as string)
{%- endmacro %}

{#- A word for one, or for many. -#}
{% macro one_or_many(count, one, many) -%}
    case when {{ count }} = 1 then '{{ one }}' else '{{ many }}' end
{%- endmacro %}
