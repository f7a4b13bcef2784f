-- The fate of every landed row, by batch and kind. The release adds the checks that it passed (section 'check').
with

fates as (

    select * from {{ ref('int_row_fates') }}

)

select
    'rows' as section,
    source,
    feed,
    kind,
    batch_id,
    fate,
    reason,
    cast(rows as bigint) as rows,
    cast(records as bigint) as records,
    cast(null as string) as check_name,
    cast(null as boolean) as passed,
    cast(null as string) as observed
from fates
