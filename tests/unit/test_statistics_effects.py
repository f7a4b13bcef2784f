"""What automation did beyond what clears by itself: the models' own SQL, on cells made by hand and simulated ones."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from tests.unit.macros import Macros, connection

SQL = Macros()
Class = tuple[int, int, int, int]
"""Cleared, answered, cleared by itself, left alone."""
Cells = Sequence[Sequence[Class]]
Found = dict[tuple[int, str | None], tuple[float, float, float]]


def found(cells: Cells) -> tuple[Found, Found]:
    """By (cell, class) and by (cell, effect; None: the whole): value, low, high."""
    con = connection()
    con.register("counts", pd.DataFrame(_rows(cells), columns=["cell", "dimension", "name", "hits", "n"]))
    con.execute(
        "create table int_cell_counts as select cell as entity_key, 1 as period_key, 'e' as metric_id, "
        "'mover' as interval_method, 5 as minimum_n, dimension, name as dimension_value, true as is_covered, "
        "hits as numerator, n as denominator, 0 as excluded, 0 as immature from counts"
    )
    for model in ("int_effect_classes", "int_effect_sums"):
        con.execute(f"create table {model} as {SQL.model(f'intermediate/spine/{model}.sql')}")
    classes = con.execute(
        "select entity_key, dimension_value, difference, low, high from int_effect_classes"
    ).fetchall()
    sums = con.execute("select entity_key, effect, value, low, high from int_effect_sums").fetchall()
    return {tuple(row[:2]): tuple(row[2:]) for row in classes}, {tuple(row[:2]): tuple(row[2:]) for row in sums}


def _rows(cells: Cells) -> Iterator[tuple[int, str, str, int, int]]:
    for cell, classes in enumerate(cells):
        for place, (cleared, answered, alone_cleared, alone) in enumerate(classes):
            yield cell, "alert_class", f"c{place}", cleared, answered
            if alone:
                yield cell, "held_out", f"c{place}", alone_cleared, alone


def newcombe(one: Class) -> tuple[float, float, float]:
    """Method 10 of Newcombe 1998, on statsmodels' Wilson limits."""
    cleared, answered, alone_cleared, alone = one
    r, (r_low, r_high) = cleared / answered, proportion_confint(cleared, answered, method="wilson")
    s, (s_low, s_high) = alone_cleared / alone, proportion_confint(alone_cleared, alone, method="wilson")
    return r - s, r - s - math.hypot(r - r_low, s_high - s), r - s + math.hypot(r_high - r, s - s_low)


def test_newcombes_own_example() -> None:
    """Newcombe 1998, table II, (a): 56/70 - 48/80 is 0.2, 0.0524 to 0.3339 by his method 10."""
    classes, sums = found([[(56, 70, 48, 80)]])
    assert classes[0, "c0"] == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert sums[0, None] == pytest.approx(classes[0, "c0"], rel=1e-12), "one class alone is its own difference"


def test_classes_are_joined_by_hand() -> None:
    """disk 80 of 100 against 8 of 20, queue 20 of 50 against 5 of 10: (100 x 0.4 + 50 x 0) / 150.

    Limits: disk 0.4 (0.16883 to 0.59306), queue -0.1 (-0.39110 to 0.19745). Lower: (100 x 0.4 - 50 x 0.1) / 150 =
    0.23333, less the root of (100 x 0.23117)^2 + (50 x 0.29110)^2 by 150, 0.18211. Upper: 0.26667 and the root of
    (100 x 0.19306)^2 + (50 x 0.19745)^2 by 150, 0.14456.
    """
    _, sums = found([[(80, 100, 8, 20), (20, 50, 5, 10)]])
    assert sums[0, None] == pytest.approx((0.266667, 0.051219, 0.411224), abs=1e-6)
    assert sums[0, "net"] == sums[0, None]
    assert (0, "gross") not in sums


def test_a_class_that_is_compared_with_nothing_is_gross() -> None:
    classes, sums = found([[(30, 40, 0, 0)], [(30, 40, 0, 0), (80, 100, 8, 20)]])
    low, high = proportion_confint(30, 40, method="wilson")
    assert classes[0, "c0"] == pytest.approx((0.75, low, high), rel=1e-12)
    assert sums[0, None] == sums[0, "gross"] == pytest.approx(classes[0, "c0"], rel=1e-12)
    assert sums[1, "net"] == pytest.approx(newcombe((80, 100, 8, 20)), rel=1e-12)
    assert sums[1, None][0] == pytest.approx((30 + 100 * 0.4) / 140, rel=1e-12)


def test_the_value_lies_within_limits_of_0_and_1() -> None:
    random = np.random.default_rng(11)
    cells = [
        [drawn(random, random.random(), random.random(), 12, 6) for _ in range(random.integers(1, 5))]
        for _ in range(1500)
    ]
    for value, low, high in found(cells)[1].values():
        assert 0 <= low <= value + 1e-12 <= high + 2e-12 <= 1 + 3e-12


def drawn(random: np.random.Generator, r: float, s: float, answered: int, alone: int) -> Class:
    return (int(random.binomial(answered, r)), answered, int(random.binomial(alone, s)), alone)


Truths = list[tuple[float, float, int, int]]
MIXED: Truths = [(0.75, 0.35, 180, 20), (0.6, 0.5, 90, 10), (0.85, 0.2, 60, 8), (0.5, 0.3, 270, 30)]
NO_EFFECT: Truths = [(p, p, 90, 10) for p in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)]
HARMFUL_TOO: Truths = [(0.7, 0.3, 120, 15), (0.3, 0.6, 120, 15)]


@pytest.mark.parametrize(("truths", "least"), [(MIXED, 0.94), (NO_EFFECT, 0.96), (HARMFUL_TOO, 0.94)])
def test_limits_cover_the_truth(truths: Truths, least: float) -> None:
    """2,000 organisations a case. Without an effect, the lower limit claims one in no more than 2.5 % of them."""
    random = np.random.default_rng(20)
    cells = [[drawn(random, *truth) for truth in truths] for _ in range(2000)]
    total = sum(n for _, _, n, _ in truths)
    true = sum(n * max(0.0, r - s) for r, s, n, _ in truths) / total
    limits = [sums for (_, effect), sums in found(cells)[1].items() if effect is None]
    covered = [low <= true <= high for _, low, high in limits]
    assert np.mean(covered) >= least, np.mean(covered)
    assert np.mean([low > true for _, low, _ in limits]) <= 0.035


def test_clipping_before_joining_would_claim_an_effect_that_is_not_there() -> None:
    """Why the lower limit is not that of the clipped differences: chance alone lifts half of the classes above 0."""
    random = np.random.default_rng(20)
    cells = [[drawn(random, *truth) for truth in NO_EFFECT] for _ in range(400)]
    classes, _ = found(cells)
    claims = 0
    for cell in range(len(cells)):
        mine = [classes[cell, f"c{place}"] for place in range(len(NO_EFFECT))]
        value = sum(max(0.0, d) for d, _, _ in mine)
        claims += value - math.sqrt(sum((max(0.0, d) - max(0.0, low)) ** 2 for d, low, _ in mine)) > 0
    assert claims / len(cells) > 0.5
