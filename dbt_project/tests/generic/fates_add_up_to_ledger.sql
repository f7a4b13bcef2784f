{#- Every landed row of a batch has one fate in every kind that its feed feeds: no batch, row or kind is missing. -#}
{% test fates_add_up_to_ledger(model) %}
with

feeds as (
{%- for staged in staged_feeds() %}
    select
        '{{ staged.feed }}' as feed,
        '{{ staged.kind }}' as kind
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

expected as (
    select
        ledger.batch_id,
        feeds.kind,
        ledger.rows
    from {{ source('landing', 'ledger') }} as ledger
    inner join feeds on ledger.feed = feeds.feed
),

found as (
    select
        batch_id,
        kind,
        sum(rows) as rows
    from {{ model }}
    group by batch_id, kind
)

select
    coalesce(expected.batch_id, found.batch_id) as batch_id,
    coalesce(expected.kind, found.kind) as kind,
    expected.rows as landed_rows,
    found.rows as fated_rows
from expected
full outer join found on expected.batch_id = found.batch_id and expected.kind = found.kind
where coalesce(expected.rows, 0) <> coalesce(found.rows, 0)
{% endtest %}
