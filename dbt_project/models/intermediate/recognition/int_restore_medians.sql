-- Incidents before and after an automation first ran live, where there are 10 on each side: how many, twice the median
-- of their times to restore (null where it is still open), and which of the ratios of all pairs, counted from either
-- end, are the 95 % limits of their median (Moses).
{{ config(materialized='table') }}

with

sides as (select * from {{ ref('int_restore_sides') }}),

placed as (

    select
        *,
        row_number() over (
            partition by automation_id, alert_class, period_key, is_after
            order by restore_microseconds nulls last, incident_id nulls last
        ) as place,
        count(*) over (partition by automation_id, alert_class, period_key, is_after) as events
    from sides

),

ordered as (

    select
        *,
        2 * place between events and events + 2 as is_middle
    from placed

),

medians as (

    select
        automation_id,
        alert_class,
        team_id,
        period_key,
        live_from,
        {% for side, test in [('before', 'not is_after'), ('after', 'is_after')] %}
        cast(max(case when {{ test }} then events end) as bigint) as events_{{ side }},
        -- Of the two in the middle; null where either is open.
        case
            when
                count(case when {{ test }} and is_middle then 1 end)
                = count(case when {{ test }} and is_middle then restore_microseconds end)
                then cast(
                    min(case when {{ test }} and is_middle then restore_microseconds end)
                    + max(case when {{ test }} and is_middle then restore_microseconds end)
                    as bigint
                )
        end as median_twice_{{ side }},
        {% endfor %}
        {{ texts_in_order('record_id') }} as evidence_ids
    from ordered
    group by automation_id, alert_class, team_id, period_key, live_from

)

select
    *,
    events_before * events_after as pairs,
    greatest(
        1e0,
        {{ statistics_whole(
            'cast(events_before * events_after as double) / 2e0 - 1.959963984540054e0 * sqrt('
            ~ 'cast(events_before * events_after * (events_before + events_after + 1) as double) / 12e0)'
        ) }}
    ) as rank_low
from medians
where events_before >= 10 and events_after >= 10
