"""One-sided tests in SQL: against scipy and lifelines, and how often they are wrong."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests.unit.macros import Macros, connection

SQL = Macros()
TAILS = SQL("statistics_exact_tails", "tests")
LOG_RANK = SQL("statistics_log_rank", "subjects", "cell")
COLUMNS = ("test_key", "hits", "n", "all_hits", "all_n")
Counts = tuple[int, int, int, int]
"""hits among n, and among the others."""


def table(con: Any, name: str, columns: dict[str, list[Any]], types: dict[str, pyarrow.DataType]) -> None:
    arrays = {column: pyarrow.array(values, types.get(column, pyarrow.int64())) for column, values in columns.items()}
    con.register(name, pyarrow.table(arrays))


def tails(rows: Sequence[tuple[int, int, int, int, float | None]]) -> list[float]:
    """p-values of (hits, n, all_hits, all_n, share)."""
    con = connection()
    hits, n, all_hits, all_n, share = (list(column) for column in zip(*rows, strict=True))
    columns = {"test_key": list(range(len(rows))), "hits": hits, "n": n, "all_hits": all_hits, "all_n": all_n}
    table(con, "tests", {**columns, "share": share}, {"share": pyarrow.float64()})
    found = dict(con.execute(TAILS).fetchall())
    return [found[number] for number in range(len(rows))]


def evaluate(macro: str, x: Sequence[float]) -> list[float]:
    con = connection()
    table(con, "numbers", {"place": list(range(len(x))), "x": list(x)}, {"x": pyarrow.float64()})
    return [row[0] for row in con.execute(f"select {SQL(macro, 'x')} from numbers order by place").fetchall()]


def test_the_logarithm_of_a_factorial() -> None:
    numbers = [*range(200), 999, 1000, 12_345, 10**5, 10**6, 10**7]
    found = evaluate("statistics_log_factorial", numbers)
    assert found == pytest.approx([math.lgamma(x + 1) for x in numbers], rel=1e-14, abs=1e-13)


def test_the_tail_of_the_normal_distribution() -> None:
    places = [*np.linspace(-9, 37, 500), 0.0, -0.0, math.sqrt(2), -math.sqrt(2), 8 * math.sqrt(2), -40.0]
    found = evaluate("statistics_normal_tail", places)
    assert found == pytest.approx(list(stats.norm.sf(places)), rel=1e-13, abs=0)


COUNT = st.tuples(st.integers(1, 400), st.integers(1, 900)).flatmap(
    lambda n: st.tuples(st.integers(0, n[0]), st.just(n[0]), st.integers(0, n[1]), st.just(n[1]))
)


@settings(deadline=None, max_examples=60)
@given(st.lists(COUNT, min_size=1, max_size=30))
def test_of_two_shares_it_is_fishers(cases: list[Counts]) -> None:
    found = tails([(x, n, x + y, n + m, None) for x, n, y, m in cases])
    expected = [stats.hypergeom.sf(x - 1, n + m, x + y, n) for x, n, y, m in cases]
    assert found == pytest.approx(expected, rel=1e-10, abs=1e-13)


def test_the_cases_of_the_decision_log() -> None:
    """9 of 20 went wrong after 10 of 100; 2 of 20 did. scipy.stats.fisher_exact, alternative greater."""
    expected = [stats.fisher_exact([[x, 20 - x], [10, 90]], alternative="greater")[1] for x in (9, 2)]
    found = tails([(9, 20, 19, 120, None), (2, 20, 12, 120, None)])
    assert found == pytest.approx(expected, rel=1e-12)
    assert [round(p, 6) for p in found] == [0.000564, 0.631692]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n), st.floats(0.02, 0.98))),
        min_size=1,
        max_size=30,
    )
)
def test_of_two_rates_it_is_the_binomial(cases: list[tuple[int, int, float]]) -> None:
    found = tails([(x, n, 0, 0, share) for x, n, share in cases])
    expected = [stats.binom.sf(x - 1, n, share) for x, n, share in cases]
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-13)


def test_nothing_is_no_proof() -> None:
    assert tails([(0, 0, 5, 10, None), (0, 20, 0, 50, None), (10, 10, 20, 20, None), (0, 0, 0, 0, 0.5)]) == [1.0] * 4


def test_a_true_null_is_rejected_no_more_often_than_it_says() -> None:
    dice = np.random.default_rng(20261129)
    n, m = dice.poisson(60, 5000), dice.poisson(240, 5000)
    x, y = dice.binomial(n, 0.12), dice.binomial(m, 0.12)
    rows = zip(x.tolist(), n.tolist(), (x + y).tolist(), (n + m).tolist(), strict=True)
    found = np.array(tails([(*row, None) for row in rows]))
    assert 0.015 < (found < 0.05).mean() <= 0.05


# --- the log-rank test ----------------------------------------------------------------------------------------------

Subjects = list[tuple[int, int, bool, bool]]
"""(cell, duration, whether its end was seen, whether it is new)."""


def log_rank(subjects: Subjects) -> dict[int, float]:
    con = connection()
    cell, duration, is_event, is_new = (list(column) for column in zip(*subjects, strict=True))
    types = {"is_event": pyarrow.bool_(), "is_new": pyarrow.bool_()}
    table(con, "subjects", {"cell": cell, "duration": duration, "is_event": is_event, "is_new": is_new}, types)
    return dict(con.execute(LOG_RANK).fetchall())


FREIREICH = [
    *((time, True, True) for time in (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)),
    *((time, True, False) for time in (6, 6, 6, 7, 10, 13, 16, 22, 23)),
    *((time, False, False) for time in (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)),
]


def test_the_case_of_freireich() -> None:
    """Placebo against 6-MP (Freireich 1963): chi square 16.79, as every textbook prints it."""
    (z,) = log_rank([(0, *subject) for subject in FREIREICH]).values()
    assert z > 0 and round(z**2, 2) == 16.79


def test_of_random_durations_it_is_that_of_lifelines() -> None:
    lifelines = pytest.importorskip("lifelines.statistics", reason="lifelines is not installed: nothing was compared")
    dice = random.Random(20261129)
    subjects: Subjects = []
    for cell in range(40):
        longest = dice.choice((4, 30, 10_000))
        for is_new in (True, False):
            size = dice.randrange(2, 60)
            subjects += [(cell, dice.randrange(1, longest), dice.random() < 0.8, is_new) for _ in range(size)]
    found = log_rank(subjects)
    assert len(found) > 35
    for cell, z in found.items():
        sides = [[(d, seen) for c, d, seen, new in subjects if c == cell and new is side] for side in (True, False)]
        (new, seen_new), (old, seen_old) = (zip(*side, strict=True) for side in sides)
        theirs = lifelines.logrank_test(new, old, seen_new, seen_old).test_statistic
        assert z**2 == pytest.approx(theirs, rel=1e-9)


def test_quicker_is_above_zero_and_sides_turn_its_sign() -> None:
    quick = [(0, time, True, True) for time in range(1, 20)] + [(0, time, True, False) for time in range(11, 60)]
    (ahead,) = log_rank(quick).values()
    (behind,) = log_rank([(cell, time, seen, not new) for cell, time, seen, new in quick]).values()
    assert ahead > 2 and behind == pytest.approx(-ahead)


def test_where_nothing_could_differ_there_is_no_test() -> None:
    assert log_rank([(0, 5, True, True), (0, 5, True, False), (1, 5, False, True), (1, 9, False, False)]) == {}
