{#- What every version of the policy says of a guardrail, a row for each setting and entry; of one setting, where named. -#}
{% macro guardrail_settings(guardrail_id, setting=none) -%}
    select
        policy_version,
        setting,
        value,
        {{ parse_number('value') }} as number
    from {{ ref('stg_organisation__policy_settings') }}
    where section = 'guardrails.{{ guardrail_id }}'{{ " and setting = '" ~ setting ~ "'" if setting }}
{%- endmacro %}

{#- Verdict of what may fail `allowed` times: first that holds. `failed`, `unknown` and `excepted` are counts of records
    apart from each other; `is_covered` says whether sources speak of all that is needed. -#}
{% macro guardrail_status(failed, unknown, excepted, n, allowed, is_covered) -%}
    case
        when {{ failed }} > {{ allowed }} then 'breached'
        when not {{ is_covered }} then 'missing_source'
        when {{ failed }} + {{ unknown }} > {{ allowed }} then 'unknown'
        when {{ n }} = 0 then 'no_exposure'
        when {{ failed }} + {{ unknown }} + {{ excepted }} > {{ allowed }} then 'excepted'
        else 'held'
    end
{%- endmacro %}

{#- Whether a guardrail holds: true, false, or null where it cannot be said. -#}
{% macro guardrail_held(status) -%}
    case when {{ status }} in ('held', 'excepted') then true when {{ status }} = 'breached' then false end
{%- endmacro %}
