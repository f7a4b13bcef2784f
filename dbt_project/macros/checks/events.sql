{#-
    What the versions of a record changed, as incident events: one row for every change that holds. `changes` is a
    list of dicts: event, holds (SQL), and where they differ from the version's own: at, field, from_value, to_value.
    Expects a CTE `versions` with source, source_record_id, incident_id, batch_id, updated_at, recorded_at, actor.
-#}
{% macro events_of(changes) -%}
{%- for change in changes %}
select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    incident_id,
    {{ change.at or 'recorded_at' }} as event_at,
    '{{ change.event }}' as event,
    {{ "'" ~ change.field ~ "'" if change.field else 'cast(null as string)' }} as field,
    {{ change.from_value or 'cast(null as string)' }} as from_value,
    {{ change.to_value or 'cast(null as string)' }} as to_value,
    actor
from versions
where {{ change.holds }}
{{ '
union all
' if not loop.last }}
{%- endfor %}
{%- endmacro %}

{#-
    A kind of events read from the versions of another kind: the same defects, every version a record of its own.
    `columns` are carried on, and the row's defects.
-#}
{% macro event_rows(flagged, columns, not_applicable='cast(null as string)') -%}
with

versions as (select * from {{ ref(flagged) }})

select
    source,
    source_record_id,
    batch_id,
    file,
    landed_row,
    updated_at,
    recorded_at,
    version_rank,
    {%- for column in columns %}
    {{ column }},
    {%- endfor %}
    defects,
    case
        when fate = 'not_applicable' then fate
        when {{ not_applicable }} is not null then 'not_applicable'
        when fate = 'quarantined' then fate
        when is_deleted or is_record_deleted then 'deleted'
        when is_copy then 'superseded'
        else 'staged'
    end as fate,
    case
        when fate = 'not_applicable' then fate_reason
        else coalesce({{ not_applicable }}, fate_reason)
    end as fate_reason
from versions
{%- endmacro %}
