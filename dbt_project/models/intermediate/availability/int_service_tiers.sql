-- The tier of every service while it was that: from the start of its row in services.csv to the next one's, or its own
-- end.
with

services as (select * from {{ ref('dim_service') }}),

run as (select * from {{ source('landing', 'run') }}),

begun as (
    select
        service_id,
        tier,
        coalesce(valid_from, {{ epoch_start() }}) as starts_at,
        valid_to
    from services
),

followed as (
    select
        *,
        lead(starts_at) over (
            partition by service_id order by starts_at nulls last, valid_to nulls last, tier nulls last
        ) as next_at
    from begun
)

select
    followed.service_id,
    followed.tier,
    followed.starts_at,
    least(coalesce(followed.valid_to, run.as_of), coalesce(followed.next_at, run.as_of), run.as_of) as ends_at
from followed
cross join run
