-- What an award compares with the frozen baseline, of every scored metric: each of its quarters by itself (member_key),
-- and all of them together (null). Only cells that show a value, and only where none of the quarters lacks its own
-- and the baseline has enough.
{{ config(materialized='table') }}

with

quarters as (

    select * from {{ ref('int_award_quarters') }}
    where member_key is not null

),

scored as (

    select distinct
        policy_version,
        metric_id
    from {{ ref('stg_organisation__policy') }}
    where phase = 'scored'

),

shown as (

    select
        entity_key,
        period_key,
        metric_id
    from {{ ref('int_cells') }}
    where dimension is null and status in ('ok', 'provisional')

),

based as (

    select
        shown.entity_key,
        shown.metric_id
    from shown
    inner join {{ ref('int_baseline_quarters') }} as baseline
        on shown.period_key = baseline.period_key
    group by shown.entity_key, shown.metric_id
    having count(*) >= min(baseline.at_least)

),

members as (

    select
        quarters.entity_key,
        quarters.period_key,
        quarters.member_key,
        quarters.quarters,
        scored.metric_id,
        count(*) over (partition by quarters.entity_key, quarters.period_key, scored.metric_id) as found
    from quarters
    inner join scored
        on quarters.policy_version = scored.policy_version
    inner join shown
        on
            quarters.entity_key = shown.entity_key
            and quarters.member_key = shown.period_key
            and scored.metric_id = shown.metric_id
    inner join based
        on
            quarters.entity_key = based.entity_key
            and scored.metric_id = based.metric_id

),

compared as (

    select
        entity_key,
        period_key,
        metric_id,
        member_key
    from members
    where found = quarters

    union distinct

    select
        entity_key,
        period_key,
        metric_id,
        cast(null as bigint) as member_key
    from members
    where found = quarters

)

select
    cast(row_number() over (
        order by entity_key nulls last, period_key nulls last, metric_id nulls last, member_key nulls last
    ) as bigint) as comparison_key,
    entity_key,
    period_key,
    metric_id,
    member_key
from compared
