-- Every value that broke its contract: one row a defect, with what was written and why it cannot stand.
{{ config(materialized='table') }}

{%- for staged in staged_feeds() %}
{%- set relation = ref(staged.model) %}

select
    held.source,
    '{{ staged.feed }}' as feed,
    '{{ staged.kind }}' as kind,
    held.batch_id,
    held.file,
    held.landed_row as row,
    held.source_record_id,
    held.column_name,
    held.value,
    held.reason,
    {{ 'true' if staged.fan_out else 'false' }} as is_fan_out
from (
    with held_rows as (
        select * from {{ relation }}
        where fate = 'quarantined'
    )
    {%- for defect in defects_of_model(staged.model) %}
    select
        source, batch_id, file, landed_row, source_record_id,
        '{{ defect }}' as column_name, {{ defect }}_rejected as value, {{ defect }}_defect as reason
    from held_rows
    where {{ defect }}_defect is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
) as held
{{ 'union all' if not loop.last }}
{%- endfor %}
