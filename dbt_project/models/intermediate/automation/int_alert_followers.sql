-- When the next alert of the same service and class fired after one had ended; at the very instant is not after.
with

alerts as (

    select * from {{ ref('stg_records__alerts') }}

    where service_id is not null and alert_class is not null

),

moments as (

    select
        alert_id,
        service_id,
        alert_class,
        fired_at as happened_at,
        fired_at,
        1 as is_firing
    from alerts

    union all

    select
        alert_id,
        service_id,
        alert_class,
        resolved_at as happened_at,
        cast(null as timestamp) as fired_at,
        0 as is_firing
    from alerts
    where resolved_at is not null

),

followed as (

    select
        alert_id,
        is_firing,
        min(fired_at) over (
            partition by service_id, alert_class
            order by happened_at desc nulls last, is_firing asc nulls last
            rows between unbounded preceding and current row
        ) as next_fired_at
    from moments

)

select
    alert_id,
    next_fired_at
from followed
where is_firing = 0
