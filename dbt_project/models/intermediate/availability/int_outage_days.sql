-- Time of outages in markets by local day (microseconds), united anew for every service, team, area and the portfolio
-- in each market, and added up over markets: the whole, by market and by whether it is critical.
{{ config(materialized='table') }}
{% set owner = 'level, service_id, team_id, area, day_on' %}

with

outages as (

    select * from {{ ref('int_market_outages') }}

),

struck as (

    {{ stretches_by_level('outages', 'day_on, market, market_criticality, starts_at, ends_at') }}

),

in_markets as (

    {{ stretches_united('struck', owner ~ ', market') }}

),

by_criticality as (

    {{ stretches_united('struck', owner ~ ', market, market_criticality') }}

),

measured as (

    {% for rows_of, dimension in [
        ('in_markets', none), ('in_markets', 'market'), ('by_criticality', 'market_criticality')
    ] %}
    select
        {{ owner }},
        cast({{ "'" ~ dimension ~ "'" if dimension else 'null' }} as string) as dimension,
        cast({{ dimension or 'null' }} as string) as dimension_value,
        {{ microseconds_between('starts_at', 'ends_at') }} as microseconds
    from {{ rows_of }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    {{ owner }},
    dimension,
    dimension_value,
    cast(sum(microseconds) as bigint) as outage_microseconds
from measured
group by {{ owner }}, dimension, dimension_value
