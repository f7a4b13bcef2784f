-- Outages of services of tier 1 and 2 in a market, by local day and owner, not united yet; those of no length are none.
-- Whether the market is critical is what holds when the outage begins, or goes on into another day or to another owner.
{{ config(materialized='table') }}

with

windows as (

    select * from {{ ref('int_outage_windows') }}

),

days as (

    select * from {{ ref('int_calendar_days') }}

),

markets as (

    select * from {{ ref('dim_market') }}

),

hits as (

    select * from {{ ref('fct_service_impacts') }}

    where exclusion_reason is null and market is not null and starts_at < ends_at

),

hit_days as (

    {{ stretches_by_day('hits', ['service_id', 'market']) }}

),

struck as (

    {{ stretches_shared(
        'windows', 'hit_days', ['service_id', 'day_on'], ['team_id', 'area'], ['market']
    ) }}

)

select
    struck.*,
    case
        when markets.is_critical then 'critical'
        when not markets.is_critical then 'not_critical'
        else 'unknown'
    end as market_criticality
from struck
left join markets
    on
        struck.market = markets.market
        and struck.starts_at >= markets.in_force_from
        and coalesce(struck.starts_at < markets.in_force_to, true)
