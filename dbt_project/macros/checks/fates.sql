{#-
    From landed rows to one fate each. The order of the fates is records.md's: not applicable, quarantined,
    deleted, superseded, staged. Shared by every vendor's staging.
-#}

{#-
    Landed rows of a feed with what their batch says: number, zone, date order, when known, whether the organisation
    declares its source, and the clock. `within`: SQL over `fed` that says which rows are read (incremental models).
-#}
{% macro landed_rows(feed, within=none) -%}
    select
        landed.*,
        batches.batch_number,
        batches.known_at,
        batches.time_zone as batch_time_zone,
        batches.date_order as batch_date_order,
        batches.is_declared,
        batches.as_of
    from {{ landed_feed(feed, within) }} as landed
    inner join {{ ref('stg_landing__batches') }} as batches on landed._batch_id = batches.batch_id
{%- endmacro %}

{% macro landed_feed(feed, within=none) -%}
{%- if within -%}
(select fed.* from {{ source('landing', feed) }} as fed where {{ within }})
{%- else -%}
{{ source('landing', feed) }}
{%- endif -%}
{%- endmacro %}

{#- When a row became known: the source's transaction time, else its batch's; a tombstone of ours, its batch's. -#}
{% macro known_since(raw_instant=none) -%}
{%- if raw_instant is none -%}
landed.known_at
{%- else -%}
case
            when landed._op = 'delete' or {{ word(raw_instant) }} is null then landed.known_at
            else {{ parse_instant(word(raw_instant), 'landed.batch_time_zone', 'landed.batch_date_order') }}
        end
{%- endif -%}
{%- endmacro %}

{#-
    Ranks of the versions of records that were landed more than once; most records are not, so no window runs over
    them. It reads the feed itself, first the keys alone: a second use of `landed` would keep every wide row in memory.
    Gives rows of (_batch_id, _row): version_rank (1 the newest), is_copy (the batch has the same content under the
    key before), is_conflicting (two contents under one key in one batch), is_rewritten (a later batch has the same
    key: the source corrected the row, or put it back), is_record_deleted (its newest version is a tombstone). `record`
    and `key` are lists of raw columns, the record's among the key's; the other arguments are SQL over `landed`.
-#}
{% macro version_ranks(feed, record, key, updated_at, recorded_at, sequence='cast(null as bigint)', tombstone='false', applies='true', within=none) -%}
    repeated as (
        select _source, {{ record | join(', ') }}
        from {{ landed_feed(feed, within) }} as landed
        group by _source, {{ record | join(', ') }}
        having count(*) > 1
    ),

    contenders as (
        select
            landed._source,
            landed._batch_id,
            landed._row,
            landed.batch_number,
            landed._op = 'delete' or {{ tombstone }} as is_tombstone,
            {%- for part in (record + key) | unique %}
            landed.{{ part }} as key_{{ part }},
            {%- endfor %}
            {{ updated_at }} as updated_at,
            {{ recorded_at }} as recorded_at,
            {{ sequence }} as sequence
        from ({{ landed_rows(feed, within) | trim }}) as landed
        inner join repeated on {{ same_row('landed', 'repeated', record) }}
        where {{ recorded_at }} <= landed.as_of and {{ updated_at }} is not null and {{ applies }}
    ),

    ranked as (
        select
            *,
            row_number() over (
                partition by _source, key_{{ record | join(', key_') }}
                order by
                    updated_at desc nulls last, recorded_at desc nulls last, batch_number desc nulls last,
                    sequence desc nulls last, _row desc nulls last
            ) as version_rank
        from contenders
    ),

    doubled as (
        select _source, key_{{ key | join(', key_') }}
        from contenders
        group by _source, key_{{ key | join(', key_') }}
        having count(*) > 1
    ),

    contents as (
        select
            landed._source,
            landed._batch_id,
            landed._row,
            landed.batch_number,
            {%- for part in key %}
            landed.{{ part }},
            {%- endfor %}
            {{ row_as_text('landed', [
                '_batch_id', '_file', '_row', '_op', 'batch_number', 'known_at', 'batch_time_zone', 'batch_date_order',
                'is_declared', 'as_of'
            ]) }} as content
        from ({{ landed_rows(feed, within) | trim }}) as landed
        inner join doubled on {{ same_row('landed', 'doubled', key, 'key_') }}
        where {{ recorded_at }} <= landed.as_of and {{ applies }}
    ),

    copies as (
        select
            _batch_id,
            _row,
            row_number() over (
                partition by _source, _batch_id, {{ key | join(', ') }}, content order by _row nulls last
            ) > 1 as is_copy,
            min(content) over (partition by _source, _batch_id, {{ key | join(', ') }})
            <> max(content) over (partition by _source, _batch_id, {{ key | join(', ') }}) as is_conflicting,
            max(batch_number) over (partition by _source, {{ key | join(', ') }}) > batch_number as is_rewritten
        from contents
    ),

    versions as (
        select
            ranked._batch_id,
            ranked._row,
            cast(ranked.version_rank as bigint) as version_rank,
            coalesce(copies.is_copy, false) as is_copy,
            coalesce(copies.is_conflicting, false) as is_conflicting,
            coalesce(copies.is_rewritten, false) as is_rewritten,
            max(case when ranked.version_rank = 1 and ranked.is_tombstone then 1 else 0 end)
                over (partition by ranked._source, ranked.key_{{ record | join(', ranked.key_') }}) = 1
                as is_record_deleted
        from ranked
        left join copies on ranked._batch_id = copies._batch_id and ranked._row = copies._row
    )
{%- endmacro %}

{% macro same_row(left, right, parts, prefix='') -%}
{{ left }}._source = {{ right }}._source
{%- for part in parts %} and {{ left }}.{{ part }} is not distinct from {{ right }}.{{ prefix }}{{ part }}{% endfor %}
{%- endmacro %}

{#- The columns that every staged row begins with. -#}
{% macro row_columns(source_record_id, updated_at, recorded_at, tombstone='false', not_applicable='cast(null as string)') -%}
        landed._source as source,
        {{ source_record_id }} as source_record_id,
        landed._batch_id as batch_id,
        landed._file as file,
        landed._row as landed_row,
        {{ updated_at }} as updated_at,
        {{ recorded_at }} as recorded_at,
        landed._op = 'delete' or {{ tombstone }} as is_deleted,
        landed.as_of,
        case when not landed.is_declared then 'source not declared' else {{ not_applicable }} end
            as not_applicable_reason,
        coalesce(versions.version_rank, 1) as version_rank,
        coalesce(versions.is_copy or versions.is_rewritten, false) as is_copy,
        coalesce(versions.is_conflicting, false) as is_conflicting,
        coalesce(versions.is_rewritten, false) as is_rewritten,
        coalesce(versions.is_record_deleted, landed._op = 'delete' or {{ tombstone }}) as is_record_deleted
{%- endmacro %}

{% macro versions_join() -%}
    left join versions on landed._batch_id = versions._batch_id and landed._row = versions._row
{%- endmacro %}

{#- When a row was last changed at its source, else when it became known. -#}
{% macro changed_at(raw_instant, recorded_at) -%}
case
            when landed._op = 'delete' then landed.known_at
            when {{ word(raw_instant) }} is null then {{ recorded_at }}
            else {{ parse_instant(word(raw_instant), 'landed.batch_time_zone', 'landed.batch_date_order') }}
        end
{%- endmacro %}

{#-
    A whole flagged model, from landed rows to fates. `record` and `key` are lists of raw columns: what names a
    record, and what names a version of it. `rows` is the CTE to type, when a landed row fans out to several.
    Expects a CTE `landed`, and goes to the end of the query.
-#}
{% macro flagged_rows(
    feed, columns, record, key, source_record_id, recorded_at,
    updated_at=none, sequence='cast(null as bigint)', tombstone='false',
    applies='true', not_applicable='cast(null as string)', rows='landed', history=false, within=none
) -%}
    {{ version_ranks(feed, record, key, updated_at or recorded_at, recorded_at, sequence, tombstone, applies, within) | trim }},

    worded as (
        select
            {{ row_columns(source_record_id, updated_at or recorded_at, recorded_at, tombstone, not_applicable) | trim }},
            {{ raw_columns(columns) | trim }}
        from {{ rows }} as landed
        {{ versions_join() | trim }}
        {{ names_joins(columns) | trim }}
    ),

    {{ judged(columns, history) | trim }}
{%- endmacro %}

{#-
    The last steps of a flagged model: typed columns, one reason column per defect, the first of them, and the fate.
    Expects a CTE `worded` of row_columns and raw_columns. What is written down is narrow, since the rows are many and
    the defects few: `defects` lists those of a row (see defect_list), and is null for a sound one. `hidden` columns
    leave nothing but their defect; `history` keeps what tells the versions of a record apart.
-#}
{% macro judged(columns, history=false) -%}
    typed as (
        select
            *,
            {{ typed_columns(columns) | trim }}
        from worded
    ),

    flagged as (
        select
            *,
            {{ defect_columns(columns) | trim }}
        from typed
    ),

    verdicts as (
        select
            *,
            {{ first_defect(columns) | trim }} as first_defect
        from flagged
    )

select
    source,
    source_record_id,
    batch_id,
    file,
    landed_row,
    updated_at,
    recorded_at,
    {%- if history %}
    is_deleted,
    version_rank,
    is_copy,
    is_record_deleted,
    {%- endif %}
    {%- for column in columns if not column.hidden %}
    {{ column.name }},
    {%- endfor %}
    case when first_defect is not null and not is_rewritten then {{ defect_list(columns) }} end as defects,
    case
        when recorded_at > as_of or not_applicable_reason is not null then 'not_applicable'
        when is_rewritten then 'superseded'
        when first_defect is not null then 'quarantined'
        when is_deleted then 'deleted'
        when version_rank > 1 then 'superseded'
        else 'staged'
    end as fate,
    case
        when recorded_at > as_of then 'recorded after as_of'
        when not_applicable_reason is not null then not_applicable_reason
        when not is_rewritten then first_defect
    end as fate_reason
from verdicts
{%- endmacro %}
