-- Each service once: from the first to the last validity of its rows (null: no bound), under its newest name.
with

services as (

    select
        *,
        row_number() over (partition by service_id order by valid_from desc nulls last) as newest_rank
    from {{ ref('dim_service') }}

)

select
    service_id,
    max(case when newest_rank = 1 then name end) as name,
    case when count(*) = count(valid_from) then min(valid_from) end as valid_from,
    case when count(*) = count(valid_to) then max(valid_to) end as valid_to
from services
group by service_id
