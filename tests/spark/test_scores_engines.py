"""The statistics of scores in SQL are one on both engines, to 1e-12: goals, shrinkage, draws, means and bands.

That they are right is shown on DuckDB against scipy: tests/unit/test_statistics_scores.py.
"""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

from tests.spark.engines import CASES, NUMBER, Engine, Query, each
from tests.unit.macros import Macros

pytestmark = pytest.mark.spark

DICE = random.Random(20261129)
ROWS = [tuple(DICE.choice((0.5, 3.0, 40.0)) * DICE.uniform(0.01, 2) for _ in range(5)) for _ in range(400)]
NAMES = ("a", "b", "c", "d", "e")
COLUMNS = dict.fromkeys(NAMES, "double")


def _alike(engines: list[Engine], columns: dict[str, str], rows: list[tuple[Any, ...]], query: Query) -> set[Any]:
    first, *others = [engine.answer(columns, rows, query) for engine in engines]
    assert others
    for other in others:
        assert other.type == first.type and other.values.keys() == first.values.keys()
        for number, (value,) in first.values.items():
            (found,) = other.values[number]
            assert value == found or math.isclose(value, found, rel_tol=1e-12), (number, value, found)
    return {value for (value,) in first.values.values()}


@pytest.mark.parametrize(
    ("macro", "arguments"),
    [
        ("statistics_score", ("a", "b", "b + c")),
        ("statistics_error_of_limits", ("a", "a - b", "a + c")),
        ("statistics_log_time", ("a - 1e0",)),
        ("statistics_widening", ("a", "b", "a / b", "a / b + c", "a + d")),
        ("statistics_own_weight", ("a", "b - 1e0", "c", "d", "e")),
        ("statistics_gamma_draw", ("a", "b - c")),
    ],
)
def test_a_macro_gives_the_same(macro: str, arguments: tuple[str, ...], engines: list[Engine]) -> None:
    assert len(_alike(engines, COLUMNS, ROWS, each(macro, *arguments))) > 20


def test_goals_of_tiers(engines: list[Engine]) -> None:
    days = [f"tier_{tier}_days" for tier in (1, 2, 3, 4, "unknown")]
    columns = dict.fromkeys([*days, *(f"goal_{tier}" for tier in (1, 2, 3, 4))], "double")
    rows = [(*one, *other[:4]) for one, other in zip(ROWS, reversed(ROWS), strict=True)]
    assert len(_alike(engines, columns, [(0.0,) * 5 + rows[0][5:], *rows], each("statistics_tier_mean", "goal"))) > 300


@pytest.mark.parametrize(
    ("macro", "arguments"),
    [
        ("statistics_geometric_score", ("a", "b / 1e2")),
        ("statistics_exact_sum", ("a * b",)),
        ("statistics_band_low", ("3e0", "a")),
        ("statistics_band_high", ("3e0", "a")),
    ],
)
def test_an_aggregate_gives_the_same(macro: str, arguments: tuple[str, ...], engines: list[Engine]) -> None:
    """Of a thousand rows each, in three groups."""
    rows = [(float(number % 3), *row[1:]) for number, row in enumerate(ROWS * 8)][:3000]
    rows = [(row[0], row[1] * (1 + number / 1e4), *row[2:]) for number, row in enumerate(rows)]

    def query(macros: Macros) -> str:
        renamed = f"(select cast(e_group as bigint) as {NUMBER}, a, b from {CASES}) as grouped"
        return f"select {NUMBER}, {macros(macro, *arguments)} as value from {renamed} group by {NUMBER}"

    columns = {"e_group": "double", "a": "double", "b": "double"}
    assert len(_alike(engines, columns, [row[:3] for row in rows], query)) == 3
