"""From the tally of a cell to what it says: status, value and interval by the method of its metric."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from tests.oracle.reference import intervals, kaplan_meier
from tests.oracle.reference.catalogue import INSUFFICIENT_BELOW, PROVISIONAL_BELOW
from tests.oracle.reference.cells import Cell, Tally
from tests.oracle.reference.exposure import Days
from tests.oracle.reference.instants import DAY, MINUTE, SECOND


class Exposed(NamedTuple):
    """Exposure of an entity in a period."""

    micros: int
    days: int
    by_day: Days


NOTHING = Exposed(0, 0, {})


def status_of(n: int, excluded: Counter[str], covered: bool) -> str:
    """The first that holds."""
    if not covered:
        return "missing_source"
    if excluded["immature"]:
        return "immature"
    if n == 0 and not excluded.total():
        return "no_exposure"
    if n < INSUFFICIENT_BELOW:
        return "insufficient"
    return "provisional" if n < PROVISIONAL_BELOW else "ok"


def _shown(status: str) -> bool:
    return status in ("ok", "provisional")


def finish_ratio(tally: Tally, covered: bool, closed: bool) -> Cell:
    """A ratio of countable events, with Wilson's interval."""
    status = status_of(tally.n, tally.excluded, covered)
    value, low, high = None, None, None
    if _shown(status):
        value = tally.numerator / tally.n
        low, high = intervals.wilson(tally.numerator, tally.n)
    return Cell(tally.numerator, tally.n, tally.n, 0, value, low, high, status, closed)


def finish_rate(tally: Tally, exposed: Exposed, unit_seconds: int, covered: bool, closed: bool) -> Cell:
    """A rate over exposure, with a Poisson interval widened by the dispersion over days."""
    n = exposed.micros // DAY
    status = status_of(n, tally.excluded, covered)
    units = Fraction(exposed.micros, unit_seconds * SECOND)
    value, low, high = None, None, None
    if _shown(status):
        counts = [(x, exposed.by_day[day]) for day, x in tally.days.items() if day in exposed.by_day]
        phi = intervals.dispersion(counts, exposed.micros, exposed.days, tally.numerator)
        value = float(tally.numerator / units)
        low, high = intervals.rate_interval(tally.numerator, units, phi)
    return Cell(tally.numerator, float(units), n, 0, value, low, high, status, closed)


def finish_survival(tally: Tally, covered: bool, closed: bool) -> tuple[Cell, dict[str, Cell]]:
    """The median duration, and the cells of dimension `statistic`."""
    n = len(tally.subjects)
    events = sum(1 for _, seen in tally.subjects if seen)
    status = status_of(n, tally.excluded, covered)
    longest: float | None = None
    median: Bounded = (None, None, None)
    p90: Bounded = (None, None, None)
    if _shown(status):
        steps = list(kaplan_meier.curve(tally.subjects))
        median, p90 = _minutes(steps, 0.5), _minutes(steps, 0.1)
        longest = max(length for length, _ in tally.subjects) / MINUTE
    parts = (events, n, n, n - events)
    return Cell(*parts, *median, status, closed), {
        "p90": Cell(*parts, *p90, status, closed),
        "longest_observed": Cell(*parts, longest, None, None, status, closed),
        "geometric_mean": _geometric(tally, covered, closed),
    }


Bounded = tuple[float | None, float | None, float | None]
"""A value with its lower and upper bound."""


def _minutes(steps: Sequence[kaplan_meier.Step], remaining: float) -> Bounded:
    value, low, high = (None if at is None else at / MINUTE for at in kaplan_meier.quantile(steps, remaining))
    return value, low, high


def _geometric(tally: Tally, covered: bool, closed: bool) -> Cell:
    completed = [length / MINUTE for length, seen in tally.subjects if seen and length > 0]
    n = len(completed)
    status = status_of(n, tally.excluded, covered)
    value, low, high = intervals.geometric_mean(completed) if _shown(status) else (None, None, None)
    return Cell(n, n, n, 0, value, low, high, status, closed)
