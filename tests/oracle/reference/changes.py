"""Whether a cell is better than the period before, and whether that is real: from the oracle's own cells alone.

Newcombe 1998 (method 10), Zou and Donner 2008: each end of the interval of a change takes one limit of either side.
"""

import math
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from tests.oracle.reference.catalogue import BLOCKS, METHODS, SURVIVAL
from tests.oracle.reference.cells import Cell, Key

# As the tables of metrics.md say, of metrics that are not built yet too.
HIGHER_IS_BETTER = {
    "availability_requests", "availability_time", "error_budget_remaining", "latency_within_target",
    "declaration_completeness", "tested_share", "progressive_share", "green_path_share", "rollback_automatic_success",
    "averted_outages", "delivery_predictability", "automation_coverage", "self_healing_share",
    "net_automation_effect", "automation_success", "hours_saved", "automations_completed", "alert_precision",
    "capacity_automation", "recipe_reuse", "postmortem_coverage", "actions_on_time", "review_breadth",
    "customer_satisfaction", "customer_retention",
}  # fmt: skip
LOWER_IS_BETTER = {
    "burn_rate", "incident_rate", "time_to_detect", "time_to_acknowledge", "time_to_mitigate", "time_to_restore",
    "reopen_rate", "lead_time", "change_fail_rate", "failed_deployment_recovery_time", "rework_rate",
    "automation_harm", "takeover_rate", "toil_share", "manual_intervention_minutes", "unplanned_work_share",
    "postmortem_delay", "repeat_share", "market_outage_minutes", "peak_latency",
}  # fmt: skip
CONTEXT_ONLY = {"deployment_frequency", "rollback_rate"}
NOTHING = 1e-9
"""Smaller than this beside the values is no change."""


class Change(NamedTuple):
    """What a row of scorecard.changes says."""

    value: float | None
    previous_value: float | None
    change_kind: str | None
    change: float | None
    change_low: float | None
    change_high: float | None
    verdict: str | None
    reason: str | None
    is_closed: bool


def changes(cells: Mapping[Key, Cell]) -> dict[Key, Change]:
    """A change of every shown cell of a period that is over."""
    return {
        key: _change(_asked(key), cell, cells.get(key._replace(period_start_on=_before(key))))
        for key, cell in cells.items()
        if cell.is_closed and _shown(cell)
    }


def _asked(key: Key) -> str:
    """The metric; percentiles beside a share go by what peak_latency does: less is better."""
    return "peak_latency" if METHODS[key.metric_id] == BLOCKS and key.dimension == "statistic" else key.metric_id


def _shown(cell: Cell) -> bool:
    return cell.status in ("ok", "provisional")


def _before(key: Key) -> date:
    """The first day of the week, month or quarter before."""
    if key.period_type == "week":
        return key.period_start_on - timedelta(days=7)
    months = {"month": 1, "quarter": 3}[key.period_type]
    year, month = divmod(key.period_start_on.year * 12 + key.period_start_on.month - 1 - months, 12)
    return date(year, month + 1, 1)


def _change(metric: str, now: Cell, before: Cell | None) -> Change:
    if before is None or not _shown(before):
        reason = "no_previous" if before is None else f"previous_{before.status}"
        return Change(now.value, None, None, None, None, None, None, reason, True)
    if now.value is None or before.value is None:
        return Change(now.value, before.value, None, None, None, None, None, "not_reached", True)
    if METHODS[metric] == SURVIVAL and now.value > 0 and before.value > 0:
        kind, change, low, high = "ratio", now.value / before.value, *_ratio(now, before)
        none, margin = 1.0, NOTHING
    else:
        kind, change, low, high = "difference", now.value - before.value, *_difference(now, before)
        none, margin = 0.0, NOTHING * max(abs(now.value), abs(before.value))
    went = 0
    if low is not None and low > none + margin:
        went = 1
    elif high is not None and high < none - margin:
        went = -1
    reason = "context_only" if metric in CONTEXT_ONLY else None
    if reason is None and low is None and high is None:
        reason = "no_interval"
    return Change(now.value, before.value, kind, change, low, high, _verdict(metric, went), reason, True)


def _verdict(metric: str, went: int) -> str | None:
    if metric in CONTEXT_ONLY:
        return None
    if not went:
        return "unclear"
    if metric in HIGHER_IS_BETTER:
        return "better" if went > 0 else "worse"
    if metric in LOWER_IS_BETTER:
        return "better" if went < 0 else "worse"
    raise KeyError(f"{metric}: which direction is better is not known here")


Ends = tuple[float | None, float | None]


def _difference(now: Cell, before: Cell) -> Ends:
    assert now.value is not None and before.value is not None
    middle, low, high = now.value - before.value, None, None
    if now.low is not None and before.high is not None:
        low = middle - math.hypot(now.value - now.low, before.high - before.value)
    if now.high is not None and before.low is not None:
        high = middle + math.hypot(now.high - now.value, before.value - before.low)
    return low, high


def _ratio(now: Cell, before: Cell) -> Ends:
    """On logarithms. Where the time now may be nothing, the quotient may be; where the former may be, it has no end."""
    assert now.value and before.value
    ratio, low, high = now.value / before.value, None, None
    if now.low == 0:
        low = 0.0
    elif now.low is not None and before.high is not None:
        low = ratio / math.exp(math.hypot(math.log(now.value / now.low), math.log(before.high / before.value)))
    if now.high is not None and before.low:
        high = ratio * math.exp(math.hypot(math.log(now.high / now.value), math.log(before.value / before.low)))
    return low, high
