-- Intervals of measuring at whose end an alert pair of an objective fires: long and short window burn its budget fast.
with

windows as (

    select * from {{ ref('int_burn_windows') }}

    where ended_second is not null

)

select
    source,
    slo_id,
    service_id,
    began_second,
    ended_second,
    {{ instant_of_second('began_second') }} as began_at,
    {{ instant_of_second('ended_second') }} as ended_at,
    fired_1h,
    fired_6h,
    fired_1d,
    fired_3d
from windows
