"""Limits of ratios and rates in SQL, against statsmodels, scipy and the specification's reference values."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2
from scipy.stats import t as student
from statsmodels.stats.proportion import proportion_confint

from tests.unit.macros import Macros, connection

SQL = Macros()
CON = connection()
SEED = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds" / "poisson_quantiles.csv"


STUDENT = SEED.with_name("student_quantiles.csv")


def evaluate(expression: str, **columns: float | None) -> float | None:
    """The value of an expression over named doubles (or bigints, for `days`)."""
    names = ", ".join(
        f"cast({'null' if v is None else repr(v)} as {'bigint' if k == 'days' else 'double'}) as {k}"
        for k, v in columns.items()
    )
    row = CON.execute(f"select {expression} from (select {names})").fetchone()
    assert row is not None
    return row[0]


def wilson(successes: int, trials: int) -> tuple[float | None, float | None]:
    low = evaluate(SQL("statistics_wilson_low", "x", "n"), x=float(successes), n=float(trials))
    return low, evaluate(SQL("statistics_wilson_high", "x", "n"), x=float(successes), n=float(trials))


def exact(events: int) -> tuple[float, float]:
    with SEED.open(encoding="utf-8", newline="") as file:
        rows = {int(row["events"]): (float(row["low"]), float(row["high"])) for row in csv.DictReader(file)}
    return rows[events]


def test_none_of_ten_is_bounded_by_0_2775() -> None:
    low, high = wilson(0, 10)
    assert low == 0
    assert high == pytest.approx(0.2775, abs=5e-5)


def test_no_trials_have_no_limits() -> None:
    assert wilson(0, 0) == (None, None)


@settings(deadline=None, max_examples=150)
@given(st.integers(1, 10**7).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_statsmodels(case: tuple[int, int]) -> None:
    successes, trials = case
    expected = proportion_confint(successes, trials, alpha=0.05, method="wilson")
    assert wilson(successes, trials) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_the_seed_holds_the_exact_limits_of_0_to_100() -> None:
    with SEED.open(encoding="utf-8", newline="") as file:
        counts = [int(row["events"]) for row in csv.DictReader(file)]
    assert counts == list(range(101))
    for events in counts:
        low = chi2.ppf(0.025, 2 * events) / 2 if events else 0.0
        assert exact(events) == pytest.approx((low, chi2.ppf(0.975, 2 * events + 2) / 2), rel=1e-12)


def test_no_event_is_bounded_by_3_689() -> None:
    assert exact(0)[1] == pytest.approx(3.689, abs=5e-4)


@pytest.mark.parametrize("events", [101, 150, 1_000, 1_000_000])
def test_byar_is_close_to_exact_beyond_the_seed(events: int) -> None:
    low = evaluate(SQL("statistics_poisson_low", "x", "e"), x=float(events), e=None)
    high = evaluate(SQL("statistics_poisson_high", "x", "e"), x=float(events), e=None)
    expected = (chi2.ppf(0.025, 2 * events) / 2, chi2.ppf(0.975, 2 * events + 2) / 2)
    assert (low, high) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("events", [0, 1, 100])
def test_the_seed_is_taken_where_it_speaks(events: int) -> None:
    low, high = exact(events)
    assert evaluate(SQL("statistics_poisson_low", "x", "e"), x=float(events), e=low) == low
    assert evaluate(SQL("statistics_poisson_high", "x", "e"), x=float(events), e=high) == high


Days = list[tuple[int, float]]


def dispersion(days: Days, unexposed_events: int = 0) -> float | None:
    """By the additive parts, as the models sum them."""
    return evaluate(
        SQL("statistics_dispersion", "events", "exposure", "squares", "exposed_events", "days"),
        events=float(sum(x for x, _ in days) + unexposed_events),
        exposure=sum(e for _, e in days),
        squares=math.fsum(x * x / e for x, e in days),
        exposed_events=float(sum(x for x, _ in days)),
        days=len(days),
    )


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(st.integers(0, 50), st.floats(1.0, 90_000.0)), min_size=2, max_size=60))
def test_dispersion_is_pearsons(days: Days) -> None:
    events, exposure = sum(x for x, _ in days), math.fsum(e for _, e in days)
    expected = 1.0
    if events:
        rate = events / exposure
        pearson = math.fsum((x - rate * e) ** 2 / (rate * e) for x, e in days)
        expected = max(1.0, pearson / (len(days) - 1))
    assert dispersion(days) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("days", [[(0, 1.0)] * 10, [(7, 86_400.0)], [(1, 86_400.0)] * 30])
def test_even_quiet_and_single_days_do_not_widen(days: Days) -> None:
    assert dispersion(days) == 1


def test_all_events_on_one_of_fourteen_days_widen_by_the_root_of_three() -> None:
    assert dispersion([(3, 86_400.0)] + [(0, 86_400.0)] * 13) == pytest.approx(3)


STATUS_CASES = [
    ((False, 9, 9, 99), "missing_source"),
    ((True, 1, 1, 99), "immature"),
    ((True, 0, 0, 0), "no_exposure"),
    ((True, 0, 1, 0), "insufficient"),
    ((True, 0, 0, 4), "insufficient"),
    ((True, 0, 0, 5), "provisional"),
    ((True, 0, 0, 19), "provisional"),
    ((True, 0, 0, 20), "ok"),
]


@pytest.mark.parametrize(("case", "status"), STATUS_CASES)
def test_status_is_the_first_that_holds(case: tuple[bool, int, int, int], status: str) -> None:
    covered, immature, excluded, n = case
    expression = SQL("statistics_status", str(covered).lower(), str(immature), str(excluded), str(n), "5")
    assert CON.execute(f"select {expression}").fetchone() == (status,)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**62), st.integers(1, 10**12))
def test_whole_days_are_whole_numbers_not_rounded_doubles(dividend: int, divisor: int) -> None:
    expression = SQL("statistics_quotient", f"cast({dividend} as bigint)", f"cast({divisor} as bigint)")
    assert CON.execute(f"select {expression}").fetchone() == (dividend // divisor,)


def test_the_seed_of_students_t_is_scipys() -> None:
    with STUDENT.open(encoding="utf-8", newline="") as file:
        rows = {int(row["degrees"]): float(row["quantile"]) for row in csv.DictReader(file)}
    assert list(rows) == list(range(1, 101)), "a quarter has 92 days"
    for degrees, quantile in rows.items():
        assert quantile == pytest.approx(student.ppf(0.975, degrees), rel=1e-12)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2))
def test_jackknife_is_what_leaving_each_day_out_says(days: list[tuple[int, int]]) -> None:
    good, valid = (sum(column) for column in zip(*days, strict=True))
    left = [(good - x) / (valid - y) for x, y in days]
    middle = math.fsum(left) / len(left)
    expected = math.sqrt((len(left) - 1) / len(left) * math.fsum((each - middle) ** 2 for each in left))
    shifts = [each - good / valid for each in left]
    error = evaluate(
        SQL("statistics_jackknife_error", "days", "shifts", "squares"),
        days=len(days), shifts=math.fsum(shifts), squares=math.fsum(shift * shift for shift in shifts),
    )  # fmt: skip
    assert error == pytest.approx(expected, rel=1e-6, abs=1e-9)
