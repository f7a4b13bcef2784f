-- The time in which services of tier 1 and 2 are watched for outages in markets, by local day and owner.
{{ config(materialized='table') }}

with

windows as (

    select * from {{ ref('int_service_windows') }}

    where metric_id = 'market_outage_minutes'

),

tiers as (

    select * from {{ ref('int_service_tiers') }}

    where tier <= 2

)

{{ stretches_shared('windows', 'tiers', ['service_id'], ['segment_key', 'team_id', 'area', 'day_on']) }}
