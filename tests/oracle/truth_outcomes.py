"""Business measures of a simulated organisation, from its state. Belongs here: the definitions once more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

MEASURES = ("customer_satisfaction", "customer_retention")
MILLION = 1_000_000


def periods_that_hold(first: date, last: date) -> Iterator[tuple[str, date]]:
    """Of week, month and quarter those that have both days in them."""
    for name, start in (
        ("week", lambda day: day - timedelta(days=day.weekday())),
        ("month", lambda day: day.replace(day=1)),
        ("quarter", lambda day: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)),
    ):
        if start(first) == start(last):
            yield name, start(first)


def as_date(value: date | int) -> date:
    """A day, or its ordinal."""
    return value if isinstance(value, date) else date.fromordinal(value)


def weighted(rows: Iterable[dict[str, Any]]) -> dict[tuple[str, str, date], tuple[int, int]]:
    """(sum of value times n in millionths, sum of n) by measure, period type and period."""
    found: dict[tuple[str, str, date], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        for period, start in periods_that_hold(as_date(row["period_start"]), as_date(row["period_end"])):
            total = found[row["measure"], period, start]
            total[0] += round(row["value"] * MILLION) * row["n"]
            total[1] += row["n"]
    return {key: (value, n) for key, (value, n) in found.items()}
