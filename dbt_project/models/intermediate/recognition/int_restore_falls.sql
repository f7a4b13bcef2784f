-- Times to restore that were shorter after an automation first ran live: how those after compare with those before by
-- the ratios of all pairs (their median after Hodges and Lehmann). Only where the upper limit lies below 1, and once:
-- in the first quarter in which it is so.
{{ config(materialized='table') }}

with

sides as (select * from {{ ref('int_restore_sides') }}),

enough as (select * from {{ ref('int_restore_medians') }}),

ratios as (

    select
        news.automation_id,
        news.alert_class,
        news.period_key,
        row_number() over (
            partition by news.automation_id, news.alert_class, news.period_key
            order by
                cast(news.restore_microseconds as double) / nullif(cast(olds.restore_microseconds as double), 0e0)
                nulls last
        ) as place,
        cast(news.restore_microseconds as double) / nullif(cast(olds.restore_microseconds as double), 0e0) as ratio
    from sides as news
    inner join sides as olds
        on
            news.automation_id = olds.automation_id
            and news.alert_class = olds.alert_class
            and news.period_key = olds.period_key
    inner join enough
        on
            news.automation_id = enough.automation_id
            and news.alert_class = enough.alert_class
            and news.period_key = enough.period_key
    where news.is_after and not olds.is_after

),

compared as (

    select
        enough.automation_id,
        enough.alert_class,
        enough.period_key,
        max(case when cast(ratios.place as double) = enough.rank_low then ratios.ratio end) as ratio_low,
        -- The mean of the two in the middle.
        (
            min(case when 2 * ratios.place between enough.pairs and enough.pairs + 2 then ratios.ratio end)
            + max(case when 2 * ratios.place between enough.pairs and enough.pairs + 2 then ratios.ratio end)
        ) / 2e0 as ratio,
        max(
            case
                when cast(ratios.place as double) = cast(enough.pairs + 1 as double) - enough.rank_low then ratios.ratio
            end
        ) as ratio_high
    from ratios
    inner join enough
        on
            ratios.automation_id = enough.automation_id
            and ratios.alert_class = enough.alert_class
            and ratios.period_key = enough.period_key
    group by enough.automation_id, enough.alert_class, enough.period_key

),

fallen as (

    select
        enough.automation_id,
        enough.alert_class,
        enough.team_id,
        enough.period_key,
        enough.live_from,
        enough.events_before,
        enough.events_after,
        -- Tenths of minutes, half up: of twice the median, 12 seconds.
        {{ statistics_quotient('enough.median_twice_before + 6000000', 12000000) }} as tenths_before,
        {{ statistics_quotient('enough.median_twice_after + 6000000', 12000000) }} as tenths_after,
        compared.ratio,
        compared.ratio_low,
        compared.ratio_high,
        enough.evidence_ids,
        row_number() over (
            partition by enough.automation_id, enough.alert_class order by enough.period_key nulls last
        ) as turn
    from enough
    inner join compared
        on
            enough.automation_id = compared.automation_id
            and enough.alert_class = compared.alert_class
            and enough.period_key = compared.period_key
    where
        compared.ratio_high < 1e0
        and enough.median_twice_after < enough.median_twice_before

)

select
    'restore_time_fell' as kind,
    team_id,
    period_key,
    automation_id as subject_id,
    alert_class,
    events_before + events_after as events,
    'incidents' as evidence_kind,
    evidence_ids,
    live_from,
    events_before,
    events_after,
    tenths_before,
    tenths_after,
    ratio,
    ratio_low,
    ratio_high
from fallen
where turn = 1
