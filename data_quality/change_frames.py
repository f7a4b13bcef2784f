"""The frame of scorecard.changes: its rows beside what metric_values says of the two periods.

Belongs here: counting violations. Does not belong here: what is expected of the counts (suites/).

By another way than the models: the period before is found on the calendar and not by counting periods, and limits of
quotients are put together from quotients.
"""

from collections.abc import Mapping

import duckdb

from data_quality.frames import Frame, frame

_KEY = ("entity_type", "entity_id", "metric_id", "period_type", "period_start_on", "dimension", "dimension_value")
_SHOWN = "('ok', 'provisional')"
_KIND = "case when interval_method = 'kaplan_meier' and value > 0 and before > 0 then 'ratio' else 'difference' end"
_LOW = """case kind
    when 'difference' then value - before - sqrt((value - low) ** 2 + (before_high - before) ** 2)
    else case when low <= 0 then 0.0
        else value / before / exp(sqrt(ln(value / low) ** 2 + ln(before_high / before) ** 2)) end end"""
_HIGH = """case kind
    when 'difference' then value - before + sqrt((high - value) ** 2 + (before - before_low) ** 2)
    else case when before_low > 0
        then value / before * exp(sqrt(ln(high / value) ** 2 + ln(before / before_low) ** 2)) end end"""
_VERDICT = """case
    when said_change is null or better = 'context only' then null
    when said_low > none + margin then case better when 'up' then 'better' else 'worse' end
    when said_high < none - margin then case better when 'up' then 'worse' else 'better' end
    else 'unclear' end"""
_REASON = f"""case
    when before_status is null then 'no_previous'
    when before_status not in {_SHOWN} then 'previous_' || before_status
    when value is null or before is null then 'not_reached'
    when better = 'context only' then 'context_only'
    when said_low is null and said_high is null then 'no_interval' end"""


def _apart(said: str, expected: str) -> str:
    """SQL: whether two numbers are further apart than last digits, beside the values that they were made of."""
    return (
        f"coalesce(abs({said} - {expected}) > 1e-9 * greatest(abs({said}), abs(value), abs(before)), "
        f"{said} is distinct from {expected})"
    )


# Column of the frame -> what is wrong with a row of changes (said_…), or with a cell that has none.
VIOLATIONS: Mapping[str, str] = {
    "cells_without_change": "not is_said",
    "changes_without_cell": "not is_wanted",
    "other_values": (
        "is_said and is_wanted and (said_value is distinct from value or said_before is distinct from before)"
    ),
    "other_change": (
        f"is_said and is_wanted and (said_kind is distinct from kind or {_apart('said_change', 'change')} "
        f"or {_apart('said_low', 'change_low')} or {_apart('said_high', 'change_high')})"
    ),
    "other_verdict": (
        f"is_said and is_wanted "
        f"and (said_verdict is distinct from {_VERDICT} or said_reason is distinct from {_REASON})"
    ),
}


def changes_frame(con: duckdb.DuckDBPyConnection) -> Frame:
    """One row per metric and kind of period: rows of changes that break each rule."""
    same = " and ".join(f"now.{name} is not distinct from {{0}}.{name}" for name in _KEY if name != "period_start_on")
    key = ", ".join(f"coalesce(now.{name}, said.{name}) as {name}" for name in _KEY)
    counts = ", ".join(f"count(*) filter (where {test}) as {name}" for name, test in VIOLATIONS.items())
    sql = f"""
        with catalogue as (select metric_id, better, interval_method from scorecard.metric_catalogue),
        cells as (
            select {", ".join(_KEY)}, is_closed, value, low, high, status,
                cast(period_start_on - case period_type when 'week' then interval 7 day
                    when 'month' then interval 1 month else interval 3 month end as date) as before_on
            from scorecard.metric_values
        ),
        wanted as (
            select now.*, before.status as before_status, before.value as before, before.low as before_low,
                before.high as before_high
            from cells as now
            left join cells as before on {same.format("before")} and now.before_on = before.period_start_on
            where now.is_closed and now.status in {_SHOWN}
        ),
        beside as (
            select {key}, now.metric_id is not null as is_wanted, said.metric_id is not null as is_said,
                now.value, now.low, now.high, before_status, before, before_low, before_high,
                said.value as said_value, said.previous_value as said_before, said.change_kind as said_kind,
                said.change as said_change, said.change_low as said_low, said.change_high as said_high,
                said.verdict as said_verdict, said.reason as said_reason
            from wanted as now full outer join scorecard.changes as said
                on {same.format("said")} and now.period_start_on = said.period_start_on
        ),
        kinds as (
            select * replace (case when interval_method = 'jackknife' and dimension = 'statistic' then 'down'
                else better end as better),
                case when value is not null and before is not null then {_KIND} end as kind
            from beside left join catalogue using (metric_id)
        ),
        judged as (
            select *, case kind when 'ratio' then value / before when 'difference' then value - before end as change,
                case when kind is not null then {_LOW} end as change_low,
                case when kind is not null then {_HIGH} end as change_high,
                case kind when 'ratio' then 1.0 else 0.0 end as none,
                case kind when 'ratio' then 1e-9 else 1e-9 * greatest(abs(value), abs(before)) end as margin
            from kinds
        )
        select metric_id, period_type, count(*) as rows, {counts},
            min(concat_ws(' ', entity_type, entity_id, period_start_on, dimension, dimension_value, 'value', said_value,
                'before', said_before, 'change', said_change, 'limits', said_low, said_high, said_verdict, said_reason))
                filter (where {" or ".join(f"({test})" for test in VIOLATIONS.values())}) as example
        from judged group by metric_id, period_type order by all
    """
    return frame(con, sql, ("metric_id", "period_type"))
