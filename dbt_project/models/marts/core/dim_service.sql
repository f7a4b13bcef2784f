-- Services as services.csv has them, with the owner that they have at the clock.
with

services as (select * from {{ ref('stg_organisation__services') }}),

owners as (
    select * from {{ ref('int_service_ownership') }}
    where is_open
)

select
    services.service_id,
    services.name,
    services.tier,
    services.valid_from,
    services.valid_to,
    owners.team_id,
    owners.area
from services
left join owners on services.service_id = owners.service_id
