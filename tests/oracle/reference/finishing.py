"""From the tally of a cell to what it says: status, value and interval by the method of its metric."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from tests.oracle.reference import intervals, kaplan_meier
from tests.oracle.reference.catalogue import INSUFFICIENT_BELOW, PROVISIONAL_BELOW
from tests.oracle.reference.cells import Cell, Tally
from tests.oracle.reference.exposure import Days
from tests.oracle.reference.instants import DAY, SECOND


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


def finish_ratio(tally: Tally, covered: bool, closed: bool, per: int = 1) -> Cell:
    """A ratio of countable events, stated as so many in `per`, with Wilson's interval."""
    status = status_of(tally.n, tally.excluded, covered)
    value, low, high = None, None, None
    if _shown(status):
        value = per * tally.numerator / tally.n
        low, high = (per * limit for limit in intervals.wilson(tally.numerator, tally.n))
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


def finish_blocks(tally: Tally, covered: bool, closed: bool, unit: int = 1) -> Cell:
    """A ratio of requests or minutes, with the jackknife's interval over its days, which are its n."""
    n = len(tally.blocks)
    status = status_of(n, tally.excluded, covered)
    value, low, high = None, None, None
    if _shown(status):
        value = tally.numerator / tally.n
        low, high = intervals.jackknife(list(tally.blocks.values()))
        if tally.unsure:
            high = min(1.0, high + tally.unsure / tally.n)
    return Cell(tally.numerator / unit, tally.n / unit, n, 0, value, low, high, status, closed)


def finish_budget(tally: Tally, covered: bool, closed: bool) -> Cell:
    """A budget or a burn rate, from millionths; its limits may lie anywhere."""
    n = len(tally.blocks)
    status = status_of(n, tally.excluded, covered)
    value, low, high = None, None, None
    if _shown(status):
        value = tally.numerator / tally.n
        low, high = intervals.jackknife_open(list(tally.blocks.values()))
    return Cell(tally.numerator / 1e6, tally.n / 1e6, n, 0, value, low, high, status, closed)


def worst(cells: Sequence[tuple[str, Cell, float | None]]) -> Cell | None:
    """The cell of the worst objective among (slo, cell, value whatever the status), those with enough days first."""

    def badness(one: tuple[str, Cell, float | None]) -> tuple[bool, bool, float, str]:
        slo, cell, value = one
        return cell.n < INSUFFICIENT_BELOW, value is None, value or 0.0, slo

    return min(cells, key=badness)[1] if cells else None


def finish_amount(tally: Tally, covered: bool, closed: bool, unit: int = 1) -> Cell:
    """A count among n events, or a sum of time: nothing but itself."""
    status = status_of(tally.n, tally.excluded, covered)
    value = tally.numerator / unit if _shown(status) else None
    return Cell(tally.numerator / unit, tally.n, tally.n, 0, value, None, None, status, closed)


def finish_team_count(tally: Tally, micros: int, covered: bool, closed: bool) -> Cell:
    """A count of what happened to a team in so much covered time, whose whole days are its n."""
    n = micros // DAY
    status = status_of(n, tally.excluded, covered)
    value = float(tally.numerator) if _shown(status) else None
    return Cell(tally.numerator, micros / DAY, n, 0, value, None, None, status, closed)


def finish_spread(tally: Tally, covered: bool, closed: bool) -> Cell:
    """One less the interquartile range over the median, between 0 and 1; its limits from those of the quartiles."""
    n = len(tally.subjects)
    events = sum(1 for _, seen in tally.subjects if seen)
    status = status_of(n, tally.excluded, covered)
    value, low, high = None, None, None
    if _shown(status):
        steps = list(kaplan_meier.curve(tally.subjects))
        first, middle, third = (kaplan_meier.quantile(steps, share) for share in (0.75, 0.5, 0.25))
        if middle.value:
            if third.value is not None and first.value is not None:
                value = 1 - min(1.0, (third.value - first.value) / middle.value)
            widest = narrowest = None
            if third.high is not None and first.low is not None and middle.low:
                widest = (third.high - first.low) / middle.low
            if third.low is not None and first.high is not None and middle.high:
                narrowest = (third.low - first.high) / middle.high
            low = 1 - min(1.0, 1.0 if widest is None else widest)
            high = 1 - min(1.0, max(0.0, 0.0 if narrowest is None else narrowest))
    return Cell(events, n, n, n - events, value, low, high, status, closed)


def finish_survival(tally: Tally, covered: bool, closed: bool, unit: int) -> tuple[Cell, dict[str, Cell]]:
    """The median duration, and the cells of dimension `statistic`."""
    n = len(tally.subjects)
    events = sum(1 for _, seen in tally.subjects if seen)
    status = status_of(n, tally.excluded, covered)
    longest: float | None = None
    median: Bounded = (None, None, None)
    p90: Bounded = (None, None, None)
    if _shown(status):
        steps = list(kaplan_meier.curve(tally.subjects))
        median, p90 = _stated(steps, 0.5, unit), _stated(steps, 0.1, unit)
        longest = max(length for length, _ in tally.subjects) / unit
    parts = (events, n, n, n - events)
    return Cell(*parts, *median, status, closed), {
        "p90": Cell(*parts, *p90, status, closed),
        "longest_observed": Cell(*parts, longest, None, None, status, closed),
        "geometric_mean": _geometric(tally, covered, closed, unit),
    }


Bounded = tuple[float | None, float | None, float | None]
"""A value with its lower and upper bound."""


def _stated(steps: Sequence[kaplan_meier.Step], remaining: float, unit: int) -> Bounded:
    value, low, high = (None if at is None else at / unit for at in kaplan_meier.quantile(steps, remaining))
    return value, low, high


def _geometric(tally: Tally, covered: bool, closed: bool, unit: int) -> Cell:
    completed = [length / unit for length, seen in tally.subjects if seen and length > 0]
    n = len(completed)
    status = status_of(n, tally.excluded, covered)
    value, low, high = intervals.geometric_mean(completed) if _shown(status) else (None, None, None)
    return Cell(n, n, n, 0, value, low, high, status, closed)
