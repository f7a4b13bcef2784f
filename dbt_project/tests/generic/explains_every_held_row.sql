{#- No row is held in quarantine without an entry that says which value and why, and no entry is of a row not held. -#}
{% test explains_every_held_row(model) %}
with

held as (
    select
        batch_id,
        kind,
        cast(sum(records) as bigint) as records
    from {{ ref('int_row_fates') }}
    where fate = 'quarantined'
    group by batch_id, kind
),

explained as (
    select
        batch_id,
        kind,
        cast(count(*) as bigint) as records
    from (select distinct batch_id, kind, row, source_record_id from {{ model }}) as entries
    group by batch_id, kind
)

select
    coalesce(held.batch_id, explained.batch_id) as batch_id,
    coalesce(held.kind, explained.kind) as kind,
    held.records as held_records,
    explained.records as explained_records
from held
full outer join explained on held.batch_id = explained.batch_id and held.kind = explained.kind
where coalesce(held.records, 0) <> coalesce(explained.records, 0)
{% endtest %}
