"""Customer outcomes beside the reliability of their market, and their rank correlation: from the oracle's cells.

Spearman 1904, ties by mid-ranks; Bonett and Wright 2000 for the standard error of Fisher's z.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from tests.oracle.reference.cells import Cell, Key

OUTCOMES = ("customer_satisfaction", "customer_retention")
RELIABILITY = ("availability_requests", "latency_within_target", "market_outage_minutes", "peak_latency")
LAGS = (0, 1, 2, 3)
LEAST, MANY, Z = 10, 20, 1.959963984540054


class PairKey(NamedTuple):
    """What names a row of outcomes.reliability_by_market."""

    market: str
    outcome_metric_id: str
    period_start_on: date
    reliability_metric_id: str
    lag_months: int


class Pair(NamedTuple):
    """What the row says."""

    reliability_period_start_on: date
    outcome_value: float | None
    outcome_n: int
    outcome_status: str
    reliability_value: float | None
    reliability_status: str | None
    reason: str | None


class AssociationKey(NamedTuple):
    """What names a row of outcomes.reliability_associations; market None: all of them."""

    outcome_metric_id: str
    reliability_metric_id: str
    lag_months: int
    market: str | None


class Association(NamedTuple):
    """What the row says."""

    n: int
    markets: int
    excluded: int
    correlation: float | None
    correlation_low: float | None
    correlation_high: float | None
    status: str


def pairs(cells: Mapping[Key, Cell]) -> dict[PairKey, Pair]:
    """Of every month's outcome of a market."""
    return dict(_pairs(cells))


def _pairs(cells: Mapping[Key, Cell]) -> Iterator[tuple[PairKey, Pair]]:
    for key, outcome in cells.items():
        if (key.entity_type, key.period_type, key.dimension) != ("portfolio", "month", "market"):
            continue
        if key.metric_id not in OUTCOMES or key.dimension_value is None:
            continue
        for metric in RELIABILITY:
            for lag in LAGS:
                month = _months_before(key.period_start_on, lag)
                beside = key._replace(metric_id=metric, period_start_on=month)
                whole = cells.get(beside._replace(dimension=None, dimension_value=None))
                name = PairKey(key.dimension_value, key.metric_id, key.period_start_on, metric, lag)
                yield name, _pair(month, outcome, cells.get(beside), whole)


def _months_before(month: date, lag: int) -> date:
    year, before = divmod(month.year * 12 + month.month - 1 - lag, 12)
    return date(year, before + 1, 1)


def _pair(month: date, outcome: Cell, reliability: Cell | None, whole: Cell | None) -> Pair:
    status = None
    if reliability is not None:
        status = reliability.status
    elif whole is not None and whole.status == "missing_source":
        status = whole.status
    value = None if reliability is None else reliability.value
    reason = _reason(outcome, value, status)
    return Pair(month, outcome.value, outcome.n, outcome.status, value, status, reason)


def _reason(outcome: Cell, value: float | None, status: str | None) -> str | None:
    if not outcome.is_closed:
        return "not_closed"
    if outcome.status not in ("ok", "provisional"):
        return f"outcome_{outcome.status}"
    if status is None:
        return "no_reliability"
    if status not in ("ok", "provisional"):
        return f"reliability_{status}"
    return "not_reached" if value is None else None


def associations(laid: Mapping[PairKey, Pair]) -> dict[AssociationKey, Association]:
    """By market, and of all that have ten pairs."""
    found: dict[AssociationKey, list[Pair]] = defaultdict(list)
    for key, pair in laid.items():
        found[AssociationKey(key.outcome_metric_id, key.reliability_metric_id, key.lag_months, key.market)].append(pair)
    together: dict[AssociationKey, list[list[Pair]]] = defaultdict(list)
    for name, rows in found.items():
        together[name._replace(market=None)].append(rows)
    alone = {name: _association([rows], 1) for name, rows in found.items()}
    return alone | {name: _association(markets, LEAST) for name, markets in together.items()}


def _association(markets: Sequence[Sequence[Pair]], least: int) -> Association:
    """Of markets that have at least so many pairs."""
    rows = [pair for market in markets for pair in market]
    used = [known for market in markets if len(known := [pair for pair in market if pair.reason is None]) >= least]
    n = sum(map(len, used))
    effective = n - max(len(used) - 1, 0)
    r = _correlation(used) if effective >= LEAST else None
    heard = [pair for pair in rows if "missing_source" not in (pair.reliability_status, pair.outcome_status)]
    if not heard:
        status = "missing_source"
    elif effective < LEAST:
        status = "insufficient"
    elif r is None:
        status = "no_exposure"
    else:
        status = "ok" if effective >= MANY else "provisional"
    low, high = (None, None) if r is None else _limits(r, effective)
    return Association(n, len(used), len(rows) - n, r, low, high, status)


def _correlation(markets: Iterable[Sequence[Pair]]) -> float | None:
    xx = yy = xy = 0.0
    for rows in markets:
        x = _ranks([pair.reliability_value for pair in rows])
        y = _ranks([pair.outcome_value for pair in rows])
        xx += sum(a * a for a in x)
        yy += sum(b * b for b in y)
        xy += sum(a * b for a, b in zip(x, y, strict=True))
    if not xx or not yy:
        return None
    r = xy / math.sqrt(xx * yy)
    return float(round(r)) if abs(r - round(r)) < 1e-9 else r


def _ranks(values: Sequence[float | None]) -> list[float]:
    """Mid-ranks less their mean, as shares of n + 1; what agrees to nine decimals has one rank."""
    rounded = [round(value, 9) for value in values if value is not None]
    n = len(rounded)
    return [
        (sum(other < value for other in rounded) + (sum(other == value for other in rounded) - n) / 2) / (n + 1)
        for value in rounded
    ]


def _limits(r: float, n: int) -> tuple[float | None, float | None]:
    """None for a perfect order."""
    if abs(r) == 1:
        return None, None
    half = Z * math.sqrt((1 + r * r / 2) / (n - 3))
    return math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half)
