"""Limits of a change in SQL: against statsmodels, against the formula on logarithms, and how often they are right."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import chi2
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from tests.unit.macros import Macros, connection
from tests.unit.test_statistics_intervals import evaluate

SQL = Macros()
KINDS = ("difference", "ratio")
LOW = {kind: SQL(f"statistics_{kind}_low", "value", "low", "previous", "previous_high") for kind in KINDS}
HIGH = {kind: SQL(f"statistics_{kind}_high", "value", "high", "previous", "previous_low") for kind in KINDS}
Estimate = tuple[float, float | None, float | None]
"""A value with its lower and upper limit."""
Doubles = NDArray[np.float64]


def limits(kind: str, now: Estimate, before: Estimate) -> tuple[float | None, float | None]:
    low = evaluate(LOW[kind], value=now[0], low=now[1], previous=before[0], previous_high=before[2])
    return low, evaluate(HIGH[kind], value=now[0], high=now[2], previous=before[0], previous_low=before[1])


def share(successes: int, trials: int) -> Estimate:
    low, high = proportion_confint(successes, trials, alpha=0.05, method="wilson")
    return successes / trials, max(0.0, low), min(1.0, high)


COUNTS = st.integers(1, 10**5).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(deadline=None, max_examples=150)
@given(COUNTS, COUNTS)
def test_of_two_shares_it_is_newcombes_tenth(now: tuple[int, int], before: tuple[int, int]) -> None:
    expected = confint_proportions_2indep(*now, *before, method="newcomb", compare="diff", alpha=0.05)
    assert limits("difference", share(*now), share(*before)) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_the_case_that_newcombe_prints() -> None:
    """56 of 70 against 48 of 80 (Newcombe 1998, table II, row a, method 10): 0.0524 to 0.3339."""
    low, high = limits("difference", share(56, 70), share(48, 80))
    assert low is not None and high is not None
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)


TIMES = st.tuples(st.floats(0.01, 1e6), st.floats(0.01, 0.99), st.floats(1.01, 100)).map(
    lambda t: (t[0], t[0] * t[1], t[0] * t[2])
)


@settings(deadline=None, max_examples=150)
@given(TIMES, TIMES)
def test_of_two_durations_it_is_the_same_on_logarithms(
    now: tuple[float, float, float], before: tuple[float, float, float]
) -> None:
    ratio = now[0] / before[0]
    low = ratio * math.exp(-math.hypot(math.log(now[0] / now[1]), math.log(before[2] / before[0])))
    high = ratio * math.exp(math.hypot(math.log(now[2] / now[0]), math.log(before[0] / before[1])))
    assert limits("ratio", now, before) == pytest.approx((low, high), rel=1e-9)


@pytest.mark.parametrize("kind", ["difference", "ratio"])
def test_an_open_end_leaves_the_other_known(kind: str) -> None:
    now, before = (60.0, 50.0, 80.0), (30.0, 25.0, 40.0)
    low, high = limits(kind, now, before)
    assert limits(kind, (60.0, 50.0, None), before) == (low, None)
    assert limits(kind, now, (30.0, None, 40.0)) == (low, None)
    assert limits(kind, now, (30.0, 25.0, None)) == (None, high)
    assert limits(kind, (60.0, None, 80.0), before) == (None, high)


def test_a_duration_that_may_be_nothing_bounds_the_quotient_on_one_side_only() -> None:
    assert limits("ratio", (60.0, 0.0, 80.0), (30.0, 25.0, 40.0))[0] == 0
    assert limits("ratio", (60.0, 50.0, 80.0), (30.0, 0.0, 40.0))[1] is None


def test_what_swaps_sides_swaps_its_limits() -> None:
    now, before = (60.0, 50.0, 80.0), (30.0, 25.0, 40.0)
    low, high = limits("difference", now, before)
    assert low is not None and high is not None
    assert limits("difference", before, now) == (-high, -low)
    low, high = limits("ratio", now, before)
    assert low is not None and high is not None
    assert limits("ratio", before, now) == pytest.approx((1 / high, 1 / low))


# --- how often the limits hold the truth ----------------------------------------------------------------------------

DRAWS = 20_000


def held(kind: str, now: Sequence[Doubles], before: Sequence[Doubles], truth: float) -> tuple[float, float, float]:
    """Shares of the draws whose limits hold the truth, lie above it, and lie below it, by the project's SQL."""
    names = ("value", "low", "high", "previous", "previous_low", "previous_high")
    columns = (np.asarray(column, dtype=np.float64) for column in (*now, *before))
    con = connection()
    con.register("draws", pyarrow.table(dict(zip(names, columns, strict=True))))
    (row,) = con.execute(
        "select avg((low_end <= truth and high_end >= truth)::int), avg((low_end > truth)::int), "
        "avg((high_end < truth)::int) "
        f"from (select {LOW[kind]} as low_end, {HIGH[kind]} as high_end, {truth!r}::double as truth from draws)"
    ).fetchall()
    return row[0], row[1], row[2]


def shares(dice: np.random.Generator, trials: int, true: float) -> list[Doubles]:
    hits = dice.binomial(trials, true, DRAWS)
    low, high = proportion_confint(hits, trials, alpha=0.05, method="wilson")
    return [hits / trials, np.maximum(low, 0), np.minimum(high, 1)]


def rates(dice: np.random.Generator, true: float) -> list[Doubles]:
    events = dice.poisson(true, DRAWS)
    low = np.where(events > 0, chi2.ppf(0.025, 2 * np.maximum(events, 1)) / 2, 0.0)
    return [events.astype(np.float64), low, chi2.ppf(0.975, 2 * events + 2) / 2]


def medians(dice: np.random.Generator, size: int, middle: float) -> list[Doubles]:
    """Medians of lognormal times (sigma 1.25, as metrics.md expects) with their log-log limits, nothing censored."""
    times = np.sort(np.exp(dice.normal(math.log(middle), 1.25, (DRAWS, size))), axis=1)
    left = np.arange(size - 1, 0, -1, dtype=np.float64)
    survival = left / size
    spread = 1.959963984540054 * np.sqrt(np.cumsum(1 / ((left + 1) * left))) / np.log(survival)
    loglog = np.log(-np.log(survival))
    lows, highs = np.exp(-np.exp(loglog - spread)), np.exp(-np.exp(loglog + spread))
    places = [int(np.argmax(np.append(curve, 0) <= 0.5 + 1e-9)) for curve in (survival, lows, highs)]
    value, *ends = (times[:, place] for place in places)
    return [value, np.minimum(*ends), np.maximum(*ends)]


@pytest.mark.parametrize(
    ("trials", "true"),
    [((50, 80), (0.5, 0.4)), ((500, 400), (0.01, 0.02)), ((200, 200), (0.1, 0.1)), ((10, 30), (0.1, 0.3))],
)
def test_limits_of_shares_hold_the_truth_in_95_of_100(trials: tuple[int, int], true: tuple[float, float]) -> None:
    dice = np.random.default_rng(20261128)
    now, before = (shares(dice, *case) for case in zip(trials, true, strict=True))
    inside, above, below = held("difference", now, before, true[0] - true[1])
    assert 0.94 < inside < 0.97
    assert inside + above + below == pytest.approx(1)


@pytest.mark.parametrize("true", [(2.0, 2.0), (5.0, 10.0), (20.0, 20.0), (50.0, 40.0), (0.2, 8.0)])
def test_limits_of_rates_hold_the_truth_in_95_of_100_or_more(true: tuple[float, float]) -> None:
    """Exact limits of few events are wide, and so are those of their difference; a count of 0 is no trouble to it."""
    dice = np.random.default_rng(20261128)
    inside, above, below = held("difference", *(rates(dice, mean) for mean in true), true[0] - true[1])
    assert inside > 0.95 and max(above, below) < 0.025


@pytest.mark.parametrize(
    ("sizes", "middles"), [((30, 30), (70.0, 70.0)), ((100, 100), (70.0, 150.0)), ((10, 40), (70.0, 150.0))]
)
def test_limits_of_medians_hold_the_truth_in_95_of_100_or_more(
    sizes: tuple[int, int], middles: tuple[float, float]
) -> None:
    dice = np.random.default_rng(20261128)
    now, before = (medians(dice, *case) for case in zip(sizes, middles, strict=True))
    inside, above, below = held("ratio", now, before, middles[0] / middles[1])
    assert 0.95 < inside < 0.985 and max(above, below) < 0.035


def test_what_did_not_change_is_called_changed_in_five_of_a_hundred_at_most() -> None:
    dice = np.random.default_rng(20261128)
    for trials in (8, 20, 50, 200, 1000):
        _, above, below = held("difference", shares(dice, trials, 0.1), shares(dice, trials, 0.1), 0.0)
        assert above < 0.03 and below < 0.03
