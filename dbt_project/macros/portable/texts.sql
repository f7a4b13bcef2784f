{#- Reading texts: trimmed words, numbers, flags, and the JSON lists that a source wrote. -#}

{#- A word without blanks around it; nothing but blanks is nothing. -#}
{% macro word(text) -%}
nullif({{ trimmed(text) }}, '')
{%- endmacro %}

{#- The key under which names are compared: without blanks around, without regard to case. -#}
{% macro name_key(text) -%}
nullif({{ lowered(trimmed(text)) }}, '')
{%- endmacro %}

{#- Without blanks around: Unicode's spaces (a web page's is U+00A0), neither tabs nor line ends. -#}
{% macro trimmed(text) -%}
    {{ return(adapter.dispatch('trimmed')(text)) }}
{%- endmacro %}

{% macro duckdb__trimmed(text) -%}
trim({{ text }})
{%- endmacro %}

{#- Spark's own knows the ASCII space alone. -#}
{% macro spark__trimmed(text) -%}
trim(
    both ' \u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u202F\u205F\u3000'
    from {{ text }}
)
{%- endmacro %}

{#- Small letters, each by itself: a sigma at the end of a word is that within it. -#}
{% macro lowered(text) -%}
    {{ return(adapter.dispatch('lowered')(text)) }}
{%- endmacro %}

{% macro duckdb__lowered(text) -%}
lower({{ text }})
{%- endmacro %}

{#- Spark makes two characters of one, or another at the end of a word: only of these. -#}
{% macro spark__lowered(text) -%}
lower(translate({{ text }}, 'Σİ', 'σi'))
{%- endmacro %}

{#- A finite number or null. -#}
{% macro parse_number(text) -%}
    {{ return(adapter.dispatch('parse_number')(text)) }}
{%- endmacro %}

{#- DuckDB reads +-5 too, as -5, and a long number wrongly if it has underscores: it judges the shape, and reads without. -#}
{% macro duckdb__parse_number(text) -%}
case
    when
        try_cast({{ text }} as double) is not null
        and not contains({{ text }}, '+-')
        and isfinite(try_cast(replace({{ text }}, '_', '') as double))
        then try_cast(replace({{ text }}, '_', '') as double)
end
{%- endmacro %}

{#- Java reads 1d and 0x1p3 too, and no underscores between digits. -#}
{% macro spark__parse_number(text) -%}
{%- set digits = '[0-9](?:_?[0-9])*' -%}
{%- set number = '(?d)^[ \\t-\\r]*[+-]?(?:' ~ digits ~ '(?:[.](?:' ~ digits ~ ')?)?|[.]' ~ digits ~ ')(?:[eE][+-]?' ~ digits ~ ')?[ \\t-\\r]*$' -%}
case
    when {{ text }} rlike '{{ number }}' and abs(try_cast(replace({{ text }}, '_', '') as double)) < double('infinity')
        then try_cast(replace({{ text }}, '_', '') as double)
end
{%- endmacro %}

{#- A whole number or null: 5.7 is not rounded. The size is judged first: Spark's floor raises beyond a bigint. -#}
{% macro parse_count(text) -%}
case
    when abs({{ parse_number(text) }}) < 1e15
        then case
            when {{ parse_number(text) }} = floor({{ parse_number(text) }}) then cast({{ parse_number(text) }} as bigint)
        end
end
{%- endmacro %}

{#- A number in millionths, half up: up to a million either way, so that it may be multiplied by a count of as many. -#}
{% macro parse_millionths(text) -%}
case
    when abs({{ parse_number(text) }}) <= 1e6 then cast(floor({{ parse_number(text) }} * 1e6 + 5e-1) as bigint)
end
{%- endmacro %}

{#- true or false, written so; anything else is null. -#}
{% macro parse_flag(text) -%}
case {{ lowered(trimmed(text)) }} when 'true' then true when 'false' then false end
{%- endmacro %}

{#- Does the text hold this pattern, without regard to case? -#}
{% macro matches(text, pattern) -%}
    {{ return(adapter.dispatch('matches')(text, pattern)) }}
{%- endmacro %}

{% macro duckdb__matches(text, pattern) -%}
regexp_matches({{ text }}, '{{ pattern | replace("'", "''") }}', 'i')
{%- endmacro %}

{% macro spark__matches(text, pattern) -%}
({{ text }} rlike '(?iu){{ pattern | replace("\\", "\\\\") | replace("'", "\\'") }}')
{%- endmacro %}

{#- Nothing, or JSON (RFC 8259) that can be read? -#}
{% macro is_json(text) -%}
    {{ return(adapter.dispatch('is_json')(text)) }}
{%- endmacro %}

{#- DuckDB reads a comma behind the last element, nan and inf too; they stand outside of strings. -#}
{% macro duckdb__is_json(text) -%}
coalesce(
    json_valid({{ text }})
    and not regexp_matches(
        regexp_replace({{ text }}, '"([^"\\]|\\.)*"', '""', 'g'), '(?i),[ \t\n\r]*[\]}]|nan|inf'
    ),
    true
)
{%- endmacro %}

{#- Spark reads the first value and ignores what follows. Hence a list and an object around the text: nothing that ends
    the list ends the object too. Half a surrogate pair, of which no text can be made, it reads as a question mark. -#}
{% macro spark__is_json(text) -%}
(
    {{ text }} is null
    or from_json(concat('[', {{ text }}, ']'), 'array<string>', {{ spark_strict_json() }}) is not null
    and from_json(concat('{"value":', {{ text }}, '}'), 'value string, bad string', {{ spark_strict_json() }}).bad is null
    and not regexp_replace(
        {{ text }}, '(?i)\\\\\\\\|\\\\ud[89ab][0-9a-f]{2}\\\\ud[c-f][0-9a-f]{2}', ''
    ) rlike '(?i)\\\\ud[89a-f]'
)
{%- endmacro %}

{% macro spark_strict_json() -%}
map('allowSingleQuotes', 'false', 'allowNonNumericNumbers', 'false', 'columnNameOfCorruptRecord', 'bad')
{%- endmacro %}

{#- The first word of a JSON list; of a list in the list, its first; a plain text is a list of one. -#}
{% macro first_of_json_list(text) -%}
    {{ return(adapter.dispatch('first_of_json_list')(text)) }}
{%- endmacro %}

{% macro duckdb__first_of_json_list(text) -%}
case
    when not {{ duckdb__is_json(text) }} then {{ text }}
    when json_type({{ text }}, '$[0]') = 'ARRAY' then json_extract_string({{ text }}, '$[0][0]')
    when json_type({{ text }}) = 'ARRAY' then json_extract_string({{ text }}, '$[0]')
    else {{ text }}
end
{%- endmacro %}

{% macro spark__first_of_json_list(text) -%}
case
    when not {{ spark__is_json(text) }} then {{ text }}
    when {{ text }} rlike '^[ \\t\\n\\r]*\\[[ \\t\\n\\r]*(\\[[ \\t\\n\\r]*)?null' then null
    when {{ text }} rlike '^[ \\t\\n\\r]*\\[[ \\t\\n\\r]*\\[' then get_json_object({{ text }}, '$[0][0]')
    when {{ text }} rlike '^[ \\t\\n\\r]*\\[' then get_json_object({{ text }}, '$[0]')
    else {{ text }}
end
{%- endmacro %}

{#- A field of an element (from 0) of a JSON list of objects; null where nothing is there, or no JSON. -#}
{% macro json_list_word(text, position, name) -%}
    {{ return(adapter.dispatch('json_list_word')(text, position, name)) }}
{%- endmacro %}

{% macro duckdb__json_list_word(text, position, name) -%}
case when {{ duckdb__is_json(text) }} then json_extract_string({{ text }}, '$[{{ position }}].{{ name }}') end
{%- endmacro %}

{% macro spark__json_list_word(text, position, name) -%}
case when {{ spark__is_json(text) }} then get_json_object({{ text }}, '$[{{ position }}].{{ name }}') end
{%- endmacro %}

{#- A JSON list of {app, env} as rows: to be used in a select list, one row an element, null when there is none. -#}
{% macro explode_targets(text) -%}
    {{ return(adapter.dispatch('explode_targets')(text)) }}
{%- endmacro %}

{% macro duckdb__explode_targets(text) -%}
unnest(
    case
        when {{ duckdb__is_json(text) }} and json_array_length({{ text }}) > 0
            then list_transform(
                range(0, cast(json_array_length({{ text }}) as bigint)),
                lambda position: {
                    'position': position,
                    'app': json_extract_string({{ text }}, '$[' || position || '].app'),
                    'env': json_extract_string({{ text }}, '$[' || position || '].env')
                }
            )
        else [null]
    end
)
{%- endmacro %}

{% macro spark__explode_targets(text) -%}
explode(
    case
        when {{ spark__is_json(text) }} and json_array_length({{ text }}) > 0
            then transform(
                sequence(0, json_array_length({{ text }}) - 1),
                position -> named_struct(
                    'position', cast(position as bigint),
                    'app', get_json_object({{ text }}, concat('$[', position, '].app')),
                    'env', get_json_object({{ text }}, concat('$[', position, '].env'))
                )
            )
        else array(cast(null as struct<position: bigint, app: string, env: string>))
    end
)
{%- endmacro %}

{#- The parts of a text between separators (SQL of one character), one row each: to be used in a select list. -#}
{% macro explode_words(text, separator) -%}
    {{ return(adapter.dispatch('explode_words')(text, separator)) }}
{%- endmacro %}

{% macro duckdb__explode_words(text, separator) -%}
unnest(string_split({{ text }}, {{ separator }}))
{%- endmacro %}

{% macro spark__explode_words(text, separator) -%}
explode(split({{ text }}, concat('\\Q', {{ separator }}, '\\E')))
{%- endmacro %}

{#- The texts of a group as one, in the order of their bytes, with commas between them. -#}
{% macro texts_in_order(text) -%}
    {{ return(adapter.dispatch('texts_in_order')(text)) }}
{%- endmacro %}

{% macro duckdb__texts_in_order(text) -%}
string_agg({{ text }}, ',' order by {{ text }})
{%- endmacro %}

{#- Of no text at all Spark would make an empty one. -#}
{% macro spark__texts_in_order(text) -%}
case when count({{ text }}) > 0 then array_join(array_sort(collect_list({{ text }})), ',') end
{%- endmacro %}

{#- A whole row but some columns, as one text: two rows with the same text are copies of each other. -#}
{% macro row_as_text(relation, without) -%}
    {{ return(adapter.dispatch('row_as_text')(relation, without)) }}
{%- endmacro %}

{% macro duckdb__row_as_text(relation, without) -%}
cast(to_json(row(*columns({{ relation }}.* exclude ({{ without | join(', ') }})))) as string)
{%- endmacro %}

{#- Without options instants would be cut to milliseconds. -#}
{% macro spark__row_as_text(relation, without) -%}
to_json(
    struct({{ relation }}.* except ({{ without | join(', ') }})),
    map('timestampNTZFormat', 'yyyy-MM-dd HH:mm:ss.SSSSSS')
)
{%- endmacro %}

