-- Impacts of which nobody can say in which market a service of tier 1 or 2 was out, or for how long, and why.
with

impacts as (

    select * from {{ ref('fct_service_impacts') }}

),

run as (

    select * from {{ source('landing', 'run') }}

),

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

covered as (

    select * from {{ ref('int_segment_metrics') }}

    where metric_id = 'market_outage_minutes' and is_covered

),

tiers as (

    select * from {{ ref('int_service_tiers') }}

),

dated as (

    {{ statistics_dated('impacts') }}

),

judged as (

    select
        dated.*,
        coalesce(
            dated.exclusion_reason,
            case when covered.segment_key is null then 'not_covered' end,
            case when tiers.tier is null then 'tier_unknown' end,
            case when dated.market is null then 'market_unknown' end
        ) as reason
    from dated
    left join covered
        on dated.segment_key = covered.segment_key
    left join tiers
        on
            dated.service_id = tiers.service_id
            and dated.anchored_at >= tiers.starts_at
            and dated.anchored_at < tiers.ends_at
    where coalesce(tiers.tier <= 2, true)

)

select
    service_id,
    team_id,
    area,
    day_on,
    segment_key,
    reason as exclusion_reason,
    cast(count(*) as bigint) as impacts
from judged
where reason is not null
group by service_id, team_id, area, day_on, segment_key, reason
