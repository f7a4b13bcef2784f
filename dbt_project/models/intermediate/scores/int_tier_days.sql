-- Days of services of each tier that a team, an area or the portfolio owned in a period; the portfolio has those that
-- nobody owned too.
with

ownership as (select * from {{ ref('int_service_ownership') }}),

tiers as (select * from {{ ref('int_service_tiers') }}),

periods as (

    select * from {{ ref('int_periods') }}
    where period_type in ('month', 'quarter')

),

entities as (

    select * from {{ ref('int_entities') }}
    where entity_type <> 'service'

),

spans as (

    select
        ownership.service_id,
        ownership.team_id,
        ownership.area,
        tiers.tier,
        greatest(ownership.owned_from, tiers.starts_at) as starts_at,
        least(ownership.owned_to, tiers.ends_at) as ends_at
    from ownership
    inner join tiers
        on
            ownership.service_id = tiers.service_id
            and ownership.owned_from < tiers.ends_at
            and ownership.owned_to > tiers.starts_at

),

pieces as (

    select
        spans.service_id,
        spans.team_id,
        spans.area,
        spans.tier,
        periods.period_key,
        {{ microseconds_between(
            'greatest(spans.starts_at, periods.starts_at)', 'least(spans.ends_at, periods.ends_at)'
        ) }} as microseconds
    from spans
    inner join periods
        on
            spans.starts_at < periods.ends_at
            and spans.ends_at > periods.starts_at

),

owned as (

    {{ statistics_entity_rows('pieces', 'pieces.period_key, pieces.tier, pieces.microseconds') }}

)

select
    entity_key,
    period_key,
    {% for tier in [1, 2, 3, 4] -%}
    cast(sum(case when tier = {{ tier }} then microseconds else 0 end) as double) / 8.64e10 as tier_{{ tier }}_days,
    {% endfor -%}
    cast(sum(case when tier is null then microseconds else 0 end) as double) / 8.64e10 as tier_unknown_days
from owned
group by entity_key, period_key
