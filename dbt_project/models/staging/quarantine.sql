-- Every value that broke its contract: one row a defect, with what was written and why it cannot stand.
{{ config(materialized='table') }}

with

held as (
    {%- for staged in staged_feeds() %}
    select
        source,
        '{{ staged.feed }}' as feed,
        '{{ staged.kind }}' as kind,
        batch_id,
        file,
        landed_row,
        source_record_id,
        {{ 'true' if staged.fan_out else 'false' }} as is_fan_out,
        {{ explode_words('defects', 'chr(30)') }} as defect
    from {{ ref(staged.model) }}
    where fate = 'quarantined'
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    source,
    feed,
    kind,
    batch_id,
    file,
    landed_row as row,
    source_record_id,
    split_part(defect, chr(31), 1) as column_name,
    nullif(split_part(defect, chr(31), 3), '') as value,
    split_part(defect, chr(31), 2) as reason,
    is_fan_out
from held
