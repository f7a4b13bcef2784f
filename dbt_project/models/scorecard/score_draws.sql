-- The random numbers behind every band, so that anybody can make one again.
select
    draw,
    slot,
    z1,
    z2,
    u
from {{ source('landing', 'draws') }}
