{#-
    A staging model says, column by column, what a raw value must be; these macros turn that list into
    typed columns and one reason column per defect. What belongs here: the kinds of columns and the words of
    the reasons. What does not: any vendor's names.

    A column is a dict: name, raw (SQL of the raw text), sql (its typed value), reason (when a raw value is
    there and the typed one is not), required, rules (further [condition, reason] pairs).
-#}

{% macro text(name, raw=none, required=false) -%}
    {{ return({'name': name, 'raw': word(raw or name), 'sql': 'raw_' ~ name, 'type': 'string',
        'reason': none, 'required': required, 'rules': []}) }}
{%- endmacro %}

{#- `happened`: claims to have happened, so it cannot lie after the row was recorded. -#}
{% macro instant(name, raw=none, happened=false, required=false, not_before=none) -%}
    {%- set rules = [] -%}
    {%- if happened -%}{%- do rules.append([name ~ ' > recorded_at', 'later than it was recorded']) -%}{%- endif -%}
    {%- if not_before -%}{%- do rules.append([name ~ ' < ' ~ not_before, 'end before start']) -%}{%- endif -%}
    {{ return({'name': name, 'raw': word(raw or name), 'type': 'timestamp',
        'sql': parse_instant('raw_' ~ name, 'batch_time_zone', 'batch_date_order'),
        'reason': 'not a time that any declared format reads', 'required': required, 'rules': rules}) }}
{%- endmacro %}

{#- A calendar day, whatever zone it is of. -#}
{% macro day(name, raw=none, required=false, rules=[]) -%}
    {{ return({'name': name, 'raw': word(raw or name), 'type': 'date',
        'sql': 'cast(' ~ parse_instant('raw_' ~ name, "'UTC'", 'batch_date_order') ~ ' as date)',
        'reason': 'not a day that any declared format reads', 'required': required, 'rules': rules}) }}
{%- endmacro %}

{#- One of a vocabulary. `mapped`: organisation.yml may translate the source's words for this field. -#}
{% macro choice(name, values, raw=none, required=false, mapped=false) -%}
    {%- set given = word(raw or name) -%}
    {%- set translated = 'coalesce(' ~ name ~ '_values.ours, ' ~ given ~ ')' if mapped else given -%}
    {{ return({'name': name, 'raw': translated, 'untranslated': given, 'mapped': mapped, 'type': 'string',
        'sql': 'case when raw_' ~ name ~ " in ('" ~ values | join("', '") ~ "') then raw_" ~ name ~ ' end',
        'reason': 'not in the vocabulary', 'required': required, 'rules': []}) }}
{%- endmacro %}

{#- A free word that organisation.yml may translate; `otherwise` is SQL over the untranslated word. -#}
{% macro mapped_text(name, raw=none, otherwise=none) -%}
    {%- set given = word(raw or name) -%}
    {{ return({'name': name, 'raw': 'coalesce(' ~ name ~ '_values.ours, ' ~ (otherwise or given) ~ ')',
        'untranslated': given, 'mapped': true, 'sql': 'raw_' ~ name, 'type': 'string', 'reason': none,
        'required': false, 'rules': []}) }}
{%- endmacro %}

{#- What follows from other raw values and cannot break by itself; `sql` is over raw_ columns. -#}
{% macro derived(name, type, sql) -%}
    {{ return({'name': name, 'raw': 'cast(null as string)', 'sql': sql, 'type': type, 'reason': none,
        'required': false, 'rules': []}) }}
{%- endmacro %}

{#- A value that must be absent: what is there is the complaint. -#}
{% macro absent(name, raw, reason) -%}
    {{ return({'name': name, 'raw': word(raw), 'sql': 'cast(null as string)', 'type': 'string', 'reason': reason,
        'required': false, 'rules': [], 'hidden': true}) }}
{%- endmacro %}

{#- The same column with more rules; each is [condition, reason]. -#}
{% macro with_rules(column, rules) -%}
    {%- do column.update({'rules': column.rules + rules}) -%}
    {{ return(column) }}
{%- endmacro %}

{#- The same column, whose value another column holds already. -#}
{% macro known_as(column, sql) -%}
    {%- do column.update({'sql': sql}) -%}
    {{ return(column) }}
{%- endmacro %}

{#- The same column, which must be there unless the row is a tombstone. -#}
{% macro required(column) -%}
    {%- do column.update({'required': true}) -%}
    {{ return(column) }}
{%- endmacro %}

{#- The same column, read for its defects only. -#}
{% macro unseen(column) -%}
    {%- do column.update({'hidden': true}) -%}
    {{ return(column) }}
{%- endmacro %}

{#- A vendor's words translated: `words` maps theirs to ours. -#}
{% macro translated(name, words, raw=none, required=false) -%}
    {%- set cases = [] -%}
    {%- for theirs, ours in words.items() -%}
        {%- do cases.append("when '" ~ theirs ~ "' then " ~ (ours if ours in ('true', 'false') else "'" ~ ours ~ "'")) -%}
    {%- endfor -%}
    {{ return({'name': name, 'raw': word(raw or name), 'type': 'string',
        'sql': 'case raw_' ~ name ~ ' ' ~ cases | join(' ') ~ ' end',
        'reason': 'not in the vocabulary', 'required': required, 'rules': []}) }}
{%- endmacro %}

{% macro flag(name, raw=none, required=false) -%}
    {{ return({'name': name, 'raw': word(raw or name), 'sql': parse_flag('raw_' ~ name), 'type': 'boolean',
        'reason': 'neither true nor false', 'required': required, 'rules': []}) }}
{%- endmacro %}

{% macro number(name, raw=none, low=0, high=none) -%}
    {%- set rules = [] -%}
    {%- if low is not none -%}{%- do rules.append([name ~ ' < ' ~ low, 'below ' ~ low]) -%}{%- endif -%}
    {%- if high is not none -%}{%- do rules.append([name ~ ' > ' ~ high, 'above ' ~ high]) -%}{%- endif -%}
    {{ return({'name': name, 'raw': word(raw or name), 'sql': parse_number('raw_' ~ name), 'type': 'double',
        'reason': 'not a finite number', 'required': false, 'rules': rules}) }}
{%- endmacro %}

{% macro count(name, raw=none, low=0, high=none) -%}
    {%- set column = number(name, raw, low, high) -%}
    {%- do column.update({'sql': parse_count('raw_' ~ name), 'type': 'bigint', 'reason': 'not a whole number'}) -%}
    {{ return(column) }}
{%- endmacro %}

{#- A service or a team by its id or any alias. `lookup` is the alias of the joined names (see names_join). -#}
{% macro named(name, thing, raw=none, required=false) -%}
    {{ return({'name': name, 'raw': word(raw or name), 'sql': 'named_' ~ name, 'type': 'string',
        'reason': 'unknown ' ~ thing, 'required': required, 'rules': [], 'thing': thing}) }}
{%- endmacro %}

{#- A time zone by its IANA name, written as the seed has it. -#}
{% macro zone(name, raw=none, required=false) -%}
    {{ return({'name': name, 'raw': word(raw or name), 'sql': 'named_' ~ name, 'type': 'string',
        'reason': 'not an IANA time zone', 'required': required, 'rules': [], 'is_zone': true}) }}
{%- endmacro %}

{#- The joins that `named` and `zone` columns need. -#}
{% macro names_joins(columns) -%}
{%- for column in columns if column.is_zone %}
    left join {{ ref('time_zones') }} as {{ column.name }}_names
        on {{ column.raw }} = {{ column.name }}_names.time_zone
{%- endfor %}
{%- for column in columns if column.thing %}
    left join {{ ref('stg_organisation__' ~ column.thing ~ '_names') }} as {{ column.name }}_names
        on {{ name_key(column.raw) }} = {{ column.name }}_names.name_key
{%- endfor %}
{%- for column in columns if column.mapped %}
    left join {{ ref('stg_organisation__values') }} as {{ column.name }}_values
        on
            {{ column.name }}_values.field = '{{ column.name }}'
            and landed._source = {{ column.name }}_values.stated_source
            and {{ column.untranslated }} = {{ column.name }}_values.theirs
{%- endfor %}
{%- endmacro %}

{#- raw_x for every column: the source's word, trimmed; and the id that a name resolves to. -#}
{% macro raw_columns(columns) -%}
{%- for column in columns %}
        {{ column.raw }} as raw_{{ column.name }},
        {%- if column.thing %}
        {{ column.name }}_names.{{ column.thing }}_id as named_{{ column.name }},
        {%- elif column.is_zone %}
        {{ column.name }}_names.time_zone as named_{{ column.name }},
        {%- endif %}
{%- endfor %}
        landed.batch_time_zone,
        landed.batch_date_order
{%- endmacro %}

{#- x for every column, typed. -#}
{% macro typed_columns(columns) -%}
{%- for column in columns %}
        {{ column.sql }} as {{ column.name }}{{ ',' if not loop.last }}
{%- endfor %}
{%- endmacro %}

{% macro can_break(column) -%}
    {{ return(column.required or column.reason is not none or column.rules | length > 0) }}
{%- endmacro %}

{#- x_defect for every column that can break its contract: the first reason that holds, null when none. -#}
{% macro defect_columns(columns) -%}
{%- for column in columns if can_break(column) %}
        case
            {%- if column.required %}
            when raw_{{ column.name }} is null and not is_deleted then 'missing'
            {%- endif %}
            {%- if column.reason %}
            when raw_{{ column.name }} is not null and {{ column.name }} is null then '{{ column.reason }}'
            {%- endif %}
            {%- for condition, reason in column.rules %}
            when {{ condition }} then '{{ reason }}'
            {%- endfor %}
        end as {{ column.name }}_defect,
{%- endfor %}
        case when is_conflicting then 'two contents under one key' end as key_defect
{%- endmacro %}

{#- The first defect of a row, by the order of the list; null for a sound row. -#}
{% macro first_defect(columns) -%}
coalesce(
            key_defect{% for column in columns if can_break(column) %},
            {{ column.name }}_defect{% endfor %}
        )
{%- endmacro %}

{#- The defects of a row as one text: column, reason and rejected value of each, between unit separators (31), the
    entries between record separators (30). -#}
{% macro defect_list(columns) -%}
concat_ws(
        chr(30),
        'key' || chr(31) || key_defect || chr(31) || source_record_id
        {%- for column in columns if can_break(column) %},
        '{{ column.name }}' || chr(31) || {{ column.name }}_defect || chr(31)
        || coalesce(replace(replace(raw_{{ column.name }}, chr(30), ' '), chr(31), ' '), '')
        {%- endfor %}
    )
{%- endmacro %}
