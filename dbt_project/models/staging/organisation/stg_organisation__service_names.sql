{{ config(materialized='table') }}

-- Every name by which a service may be written, lower case: its id first, then its aliases.
with

services as (select * from {{ ref('stg_organisation__services') }}),

names as (
    select
        service_id,
        {{ name_key('service_id') }} as name_key,
        1 as preference
    from services

    union all

    select
        service_id,
        {{ name_key('alias') }} as name_key,
        2 as preference
    from (select service_id, {{ explode_words('aliases', "'|'") }} as alias from services) as aliases
),

ranked as (
    select
        *,
        row_number() over (partition by name_key order by preference nulls last, service_id nulls last) as name_rank
    from names
    where name_key is not null
)

select
    name_key,
    service_id
from ranked
where name_rank = 1
