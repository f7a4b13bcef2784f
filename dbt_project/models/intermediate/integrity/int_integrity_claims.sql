-- Alerts by team, class and quarter: how many cleared without a person, how many are credited to
-- automation, and how many that no run touched cleared by themselves, beside the same class elsewhere: of other teams
-- without a run, and withheld on purpose. `is_no_better`: the 95 % interval of the difference to those includes 0.
with

alerts as (

    select * from {{ ref('int_integrity_alerts') }}

),

cells as (

    select
        team_id,
        alert_class,
        period_key,
        cast(sum(case when is_withheld then 0 else 1 end) as bigint) as answerable,
        cast(sum(
            case when not is_withheld and resolved_by in ('automation', 'self_cleared') then 1 else 0 end
        ) as bigint) as cleared,
        cast(sum(case when is_touched and resolved_by = 'automation' then 1 else 0 end) as bigint) as credited,
        cast(sum(case when is_touched or is_withheld then 0 else 1 end) as bigint) as untouched,
        cast(sum(
            case when not is_touched and not is_withheld and resolved_by = 'self_cleared' then 1 else 0 end
        ) as bigint) as untouched_cleared,
        cast(sum(case when is_withheld and not is_touched then 1 else 0 end) as bigint) as withheld,
        cast(sum(
            case when is_withheld and not is_touched and resolved_by = 'self_cleared' then 1 else 0 end
        ) as bigint) as withheld_cleared
    from alerts
    group by team_id, alert_class, period_key

),

classes as (

    select
        alert_class,
        period_key,
        cast(sum(untouched) as bigint) as untouched,
        cast(sum(untouched_cleared) as bigint) as untouched_cleared
    from cells
    group by alert_class, period_key

),

compared as (

    select
        cells.*,
        classes.untouched - cells.untouched + cells.withheld as elsewhere,
        classes.untouched_cleared - cells.untouched_cleared + cells.withheld_cleared as elsewhere_cleared
    from cells
    inner join classes
        on
            cells.alert_class = classes.alert_class
            and cells.period_key = classes.period_key

)

select
    team_id,
    alert_class,
    period_key,
    credited,
    untouched,
    untouched_cleared,
    elsewhere,
    elsewhere_cleared,
    {{ statistics_quotient('untouched * (2 * elsewhere_cleared + 1) * 1000000', '2 * elsewhere + 2') }}
        as expected_millionths,
    coalesce({{ statistics_difference_low(
        'cast(cleared as double) / cast(answerable as double)',
        statistics_wilson_low('cast(cleared as double)', 'cast(answerable as double)'),
        'cast(elsewhere_cleared as double) / cast(elsewhere as double)',
        statistics_wilson_high('cast(elsewhere_cleared as double)', 'cast(elsewhere as double)')
    ) }} <= 0e0, false) as is_no_better
from compared
where credited > 0 and elsewhere >= 5
