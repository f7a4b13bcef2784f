-- An effect that rests on alerts without comparison says so: a row `effect = gross`, and a status that is not ok.
with

cells as (

    select * from {{ ref('metric_values') }}

    where metric_id = 'net_automation_effect'

),

wholes as (

    select * from cells

    where dimension is null

),

gross as (

    select * from cells

    where dimension = 'effect' and dimension_value = 'gross'

)

select
    wholes.entity_id,
    wholes.period_start_on,
    wholes.status,
    wholes.n,
    gross.n as gross_n
from wholes
left join gross
    on
        wholes.entity_type = gross.entity_type
        and wholes.entity_id = gross.entity_id
        and wholes.period_type = gross.period_type
        and wholes.period_start_on = gross.period_start_on
where
    (wholes.status = 'ok' and gross.n is not null)
    or (wholes.status = 'provisional' and wholes.n >= 20 and gross.n is null)
