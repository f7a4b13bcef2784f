"""Tests of counts in SQL: against scipy, by cases worked by hand, and how often an honest team is called suspicious."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammaln
from scipy.stats import betabinom, binom, false_discovery_control

from tests.unit.macros import Macros, connection
from tests.unit.test_statistics_intervals import evaluate

SQL = Macros()
LN_GAMMA = SQL("statistics_ln_gamma", "x")
Test = tuple[int, int, float, float]
"""Suspicious ones, of how many, the expected share, its spread."""


def tails(tests: Sequence[Test]) -> list[float]:
    """P(X >= suspicious) of each, by the project's SQL."""
    con = connection()
    con.execute("create table tests (test_key bigint, suspicious bigint, n bigint, share double, spread double)")
    con.executemany("insert into tests values (?, ?, ?, ?, ?)", [[key, *test] for key, test in enumerate(tests)])
    found = dict(con.execute(SQL("statistics_upper_tails", "tests")).fetchall())
    return [found[key] for key in range(len(tests))]


def expected(test: Test) -> float:
    """By scipy; of a beta-binomial by its recurrence in logarithms: of a small spread scipy loses seven digits."""
    suspicious, n, share, spread = test
    if spread == 0:
        return float(binom.sf(suspicious - 1, n, share))
    alpha, beta = (part * (1 - spread) / spread for part in (share, 1 - share))
    logs = [math.fsum(math.log((beta + step) / (alpha + beta + step)) for step in range(n))]
    for x in range(n):
        logs.append(logs[-1] + math.log((n - x) * (alpha + x) / ((x + 1) * (beta + n - x - 1))))
    return min(1.0, math.fsum(math.exp(log) for log in logs[suspicious:]))


@settings(deadline=None, max_examples=200)
@given(st.floats(1e-3, 1e7))
def test_the_logarithm_of_the_gamma_function(x: float) -> None:
    assert evaluate(LN_GAMMA, x=x) == pytest.approx(float(gammaln(x)), rel=3e-15, abs=5e-14)


def test_factorials_are_exact_to_the_last_digits() -> None:
    for n in (1, 2, 5, 20, 100, 1000):
        assert evaluate(LN_GAMMA, x=float(n + 1)) == pytest.approx(math.lgamma(n + 1), rel=2e-15, abs=2e-14)


COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(COUNTS, st.floats(1e-4, 0.9999)), min_size=1, max_size=20))
def test_binomial_tails_are_scipys(cases: list[tuple[tuple[int, int], float]]) -> None:
    tests = [(*counts, share, 0.0) for counts, share in cases]
    assert tails(tests) == pytest.approx([expected(test) for test in tests], rel=1e-9, abs=1e-14)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(COUNTS, st.floats(1e-3, 0.999), st.floats(1e-5, 0.95)), min_size=1, max_size=20))
def test_beta_binomial_tails_are_scipys(cases: list[tuple[tuple[int, int], float, float]]) -> None:
    tests = [(*counts, share, spread) for counts, share, spread in cases]
    found = tails(tests)
    assert found == pytest.approx([expected(test) for test in tests], rel=1e-8, abs=1e-14)
    precision = [(1 - test[3]) / test[3] for test in tests]
    scipys = [
        betabinom.sf(test[0] - 1, test[1], test[2] * size, (1 - test[2]) * size)
        for test, size in zip(tests, precision, strict=True)
    ]
    assert found == pytest.approx(scipys, rel=1e-4, abs=1e-8)


@pytest.mark.parametrize("n", [5_000, 25_000])
def test_tails_of_thousands(n: int) -> None:
    tests = [(n // 5 + step, n, 0.2, 0.0) for step in (-200, 0, 50, 200)]
    assert tails(tests) == pytest.approx([expected(test) for test in tests], rel=1e-7, abs=1e-13)


def test_cases_worked_by_hand() -> None:
    """Nothing suspicious; 5 of 5 at even odds, 1/32; 2 of 2 of a uniform share, 1/3."""
    assert tails([(0, 7, 0.3, 0.0), (5, 5, 0.5, 0.0), (2, 2, 0.5, 1 / 3)]) == pytest.approx([1.0, 1 / 32, 1 / 3])


def test_what_cannot_be_by_chance_is_nothing() -> None:
    assert tails([(400, 400, 1e-4, 0.0)]) == [0.0]


P_VALUES = st.lists(st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.001, 0.01, 0.01, 1.0])), min_size=1, max_size=30)


@settings(deadline=None, max_examples=100)
@given(P_VALUES, P_VALUES)
def test_false_discovery_rates_are_scipys_in_each_period(first: list[float], second: list[float]) -> None:
    con = connection()
    con.execute("create table tested (period text, place bigint, p_value double)")
    rows = [(period, place, p) for period, some in (("a", first), ("b", second)) for place, p in enumerate(some)]
    con.executemany("insert into tested values (?, ?, ?)", [*rows, ("a", 99, None)])
    found = con.execute(
        f"select period, place, q_value from ({SQL('statistics_false_discoveries', 'tested', 'period')}) as f"
    ).fetchall()
    rates = {(period, place): q for period, place, q in found}
    assert rates.pop(("a", 99)) is None
    for period, some in (("a", first), ("b", second)):
        wanted = false_discovery_control(some, method="bh")
        assert [rates[period, place] for place in range(len(some))] == pytest.approx(list(wanted), rel=1e-12, abs=1e-15)


def spread_of(groups: Sequence[tuple[int, int]]) -> tuple[float, float]:
    """The share that these groups let expect, and its spread."""
    hits, n = (sum(column) for column in zip(*groups, strict=True))
    values = {
        "hits": hits, "n": n, "groups": len(groups), "squares": sum(size * size for _, size in groups),
        "quotients": sum(hit * hit * 1_000_000 // size for hit, size in groups),
    }  # fmt: skip
    share = evaluate(SQL("statistics_expected_share", "hits", "n"), **values)
    spread = evaluate(_SPREAD, **values)
    assert share is not None and spread is not None
    return share, spread


_SPREAD = SQL("statistics_spread", "hits", "n", "groups", "quotients", "squares")


def test_what_groups_let_expect_worked_by_hand() -> None:
    """Three of 4 in 20, alike: 12.5 of 61, and only that it was counted, 1/62. One alone is the same."""
    share, spread = spread_of([(4, 20)] * 3)
    assert (share, spread) == pytest.approx((12.5 / 61, 1 / 62))
    assert spread_of([(12, 60)]) == pytest.approx((12.5 / 61, 1 / 62))


def test_groups_that_differ_widen_it() -> None:
    """0 and 10 of 10: S = 10 - 5 = 5, p q = 1/4: rho = (20 - 1) / (20 - 10 - 1), held at 0.9, and all at 0.95."""
    assert spread_of([(0, 10), (10, 10)]) == pytest.approx((0.5, 0.95))
    share, spread = spread_of([(2, 20), (4, 20), (9, 20)])
    between = ((4 / 20 + 16 / 20 + 81 / 20 - 225 / 60) / (share * (1 - share)) - 2) / (60 - 20 - 2)
    assert spread == pytest.approx(between * (1 + 1 / 3) + (1 - between) / 62)


@pytest.mark.parametrize(("share", "between"), [(0.05, 0.0), (0.2, 0.0), (0.2, 0.05), (0.5, 0.1)])
def test_an_honest_team_is_seldom_called_suspicious(share: float, between: float) -> None:
    """13 others and one of 20 events each, shares that differ by `between`: p < 0.01 in at most 2 of 100."""
    dice = np.random.default_rng(20261128)
    draws, size = 2_000, 20
    shares = np.full((draws, 14), share)
    if between:
        precision = (1 - between) / between
        shares = dice.beta(share * precision, (1 - share) * precision, (draws, 14))
    hits = dice.binomial(size, shares)
    tests = [(int(row[0]), size, *spread_of([(int(hit), size) for hit in row[1:]])) for row in hits[:300]]
    low = sum(p < 0.01 for p in tails(tests)) / len(tests)
    assert low <= 0.02
