-- For every batch and kind that its feed feeds: how many landed rows had which fate, and how many records came of them.
{{ config(materialized='table') }}

with

fates as (
    {%- for staged in staged_feeds() %}
    select
        '{{ staged.feed }}' as feed,
        '{{ staged.kind }}' as kind,
        counted.*
    from (
        {{ fates_of_feed(staged) | trim }}
    ) as counted
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    source,
    feed,
    kind,
    batch_id,
    fate,
    reason,
    cast(sum(row_count) as bigint) as rows,
    cast(sum(record_count) as bigint) as records
from fates
group by source, feed, kind, batch_id, fate, reason
