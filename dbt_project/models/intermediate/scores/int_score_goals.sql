-- What a metric of a team, an area or the portfolio is held against in a month or quarter: the version of the policy
-- that holds on its first day, and the mean of the tiers' goals by the days of services that were owned.
with

entities as (

    select * from {{ ref('int_entities') }}
    where entity_type <> 'service'

),

periods as (

    select * from {{ ref('int_periods') }}
    where period_type in ('month', 'quarter')

),

spine as (select * from {{ ref('int_spine') }}),

goals as (select * from {{ ref('int_policy_goals') }}),

tiers as (select * from {{ ref('int_tier_days') }}),

held as (

    select
        spine.entity_key,
        spine.period_key,
        {% for tier in [1, 2, 3, 4, 'unknown'] -%}
        coalesce(tiers.tier_{{ tier }}_days, 0e0) as tier_{{ tier }}_days,
        {% endfor -%}
        goals.*
    from spine
    inner join entities
        on spine.entity_key = entities.entity_key
    inner join periods
        on spine.period_key = periods.period_key
    inner join goals
        on
            spine.metric_id = goals.metric_id
            and periods.period_start_on >= goals.valid_from
            and coalesce(periods.period_start_on < goals.valid_to, true)
    left join tiers
        on
            spine.entity_key = tiers.entity_key
            and spine.period_key = tiers.period_key

)

select
    entity_key,
    period_key,
    metric_id,
    policy_version,
    pillar,
    pillar_weight,
    excuses_no_exposure,
    {% for tier in [1, 2, 3, 4, 'unknown'] -%}
    tier_{{ tier }}_days,
    {% endfor -%}
    {{ statistics_tier_mean('floor') }} as floor,
    {{ statistics_tier_mean('target') }} as target,
    case when {{ statistics_tier_mean('weight') }} > 1e-9 then {{ statistics_tier_mean('weight') }} end as weight,
    coalesce(
        greatest(
            {% for tier in [1, 2, 3] -%}
            case when tier_{{ tier }}_days > 0e0 then minimum_n_{{ tier }} end,
            {% endfor -%}
            case when tier_4_days + tier_unknown_days > 0e0 then minimum_n_4 end
        ),
        minimum_n_4
    ) as minimum_n
from held
