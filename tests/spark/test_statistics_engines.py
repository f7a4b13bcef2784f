"""The statistics in SQL are one on both engines, to 1e-12: intervals, Kaplan-Meier curves and the status of a cell.

That they are right is shown on DuckDB against scipy, statsmodels and lifelines: tests/unit/test_statistics_*.py.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from itertools import product
from typing import Any

import pytest

from tests.spark.engines import CASES, NUMBER, Engine, Query, each
from tests.unit.macros import Macros

pytestmark = pytest.mark.spark

TOLERANCE = 1e-12
CELL_WIDTH = 100_000  # no duration reaches it: cell and duration as one number
Given = tuple[dict[str, str], list[tuple[Any, ...]]]


def _trials() -> Given:
    dice = random.Random(20261123)
    counts = [0, 1, 2, 3, 10, 19, 20, 100, 1000, 10**6]
    pairs = {(float(x), float(n)) for x, n in product(counts, counts) if x <= n}
    pairs |= {(float(dice.randrange(n + 1)), float(n)) for n in dice.choices(range(1, 10**7), k=500)}
    return {"x": "double", "n": "double"}, sorted(pairs)


def _counts() -> Given:
    """Counts with and without an exact limit; the approximation has none at 0."""
    rows = [(float(x), exact) for x in [1, 2, 20, 100, 101, 10**4, 10**7] for exact in (None, 0.5, x * 1.25)]
    return {"x": "double", "exact": "double"}, rows


def _daily() -> Given:
    dice = random.Random(20261123)
    rows = [(0.0, 5.0, 0.0, 0.0, 30), (4.0, 5.0, 3.0, 4.0, 1)]
    for _ in range(500):
        days = dice.randrange(2, 90)
        daily = [(float(dice.choice((0, 0, 0, 1, 2, 9))), dice.uniform(0.01, 3)) for _ in range(days)]
        events, exposure = math.fsum(x for x, _ in daily), math.fsum(e for _, e in daily)
        rows.append((events, exposure, math.fsum(x * x / e for x, e in daily), events, days))
    columns = dict.fromkeys(("events", "exposure", "squares", "exposed_events"), "double") | {"days": "bigint"}
    return columns, rows


def _cells() -> Given:
    rows = [*product((True, False), (0, 1), (0, 1), (0, 1, 4, 5, 19, 20, 1000), (0, 5))]
    columns = {"is_covered": "boolean"} | dict.fromkeys(("immature", "excluded", "n", "minimum_n"), "bigint")
    return columns, rows


def _pairs() -> Given:
    """Estimates with their limits, some of them 0 or open, and those of the period before."""
    dice = random.Random(20261128)
    rows: list[tuple[Any, ...]] = []
    for _ in range(600):
        sides = [(dice.uniform(0.5, 9e3), dice.choice((0.0, 0.3, 0.9)), dice.choice((1.1, 4.0))) for _ in range(2)]
        row = [number for value, low, high in sides for number in (value, value * low, value * high)]
        rows.append(tuple(None if at in (1, 2, 4, 5) and dice.random() < 0.1 else x for at, x in enumerate(row)))
    names = ("value", "low", "high", "previous", "previous_low", "previous_high")
    return dict.fromkeys(names, "double"), rows


def _subjects() -> Given:
    """Forty cells: many ties, long durations, nobody left at the end, and one where nothing ever happened."""
    dice = random.Random(20261123)
    rows: list[tuple[Any, ...]] = [(0, duration, False) for duration in (1, 2, 3)]
    for cell in range(1, 40):
        longest, censored = dice.choice((3, 40, 99_999)), dice.choice((0.0, 0.1, 0.6))
        size = dice.choice((1, 2, 21, 400))
        rows += [(cell, dice.randrange(longest), dice.random() >= censored) for _ in range(size)]
    return {"cell": "bigint", "duration": "bigint", "is_event": "boolean"}, rows


def _close(one: Any, other: Any, tolerance: float) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=tolerance, abs_tol=0.0)
    return one == other and type(one) is type(other)


def _assert_alike(engines: list[Engine], given: Given, query: Query, tolerance: float = TOLERANCE) -> Sequence[Any]:
    """Values and their type are alike; gives those of the first engine."""
    columns, rows = given
    first, *others = [engine.answer(columns, rows, query) for engine in engines]
    assert others
    for other in others:
        assert other.type == first.type
        assert other.values.keys() == first.values.keys()
        apart = {
            number: (values, other.values[number])
            for number, values in first.values.items()
            if not all(_close(*pair, tolerance) for pair in zip(values, other.values[number], strict=True))
        }
        assert not apart, list(apart.items())[:5]
    return [value for values in first.values.values() for value in values]


@pytest.mark.parametrize("macro", ["low", "high", "centre", "half"])
def test_limits_of_a_share(macro: str, engines: list[Engine]) -> None:
    columns, rows = _trials()
    safe = rows if macro in ("low", "high") else [row for row in rows if row[1] > 0]
    values = _assert_alike(engines, (columns, safe), each(f"statistics_wilson_{macro}", "x", "n"))
    assert len({value for value in values if value is not None}) > 300


@pytest.mark.parametrize("side", ["low", "high"])
def test_limits_of_a_count(side: str, engines: list[Engine]) -> None:
    values = _assert_alike(engines, _counts(), each(f"statistics_poisson_{side}", "x", "exact"))
    assert None not in values and len(set(values)) > 14


@pytest.mark.parametrize("kind", ["difference", "ratio"])
@pytest.mark.parametrize(("side", "other"), [("low", "high"), ("high", "low")])
def test_limits_of_a_change(kind: str, side: str, other: str, engines: list[Engine]) -> None:
    macro = f"statistics_{kind}_{side}"
    values = _assert_alike(engines, _pairs(), each(macro, "value", side, "previous", f"previous_{other}"))
    assert None in values and len(set(values)) > 300


def test_dispersion_of_daily_counts(engines: list[Engine]) -> None:
    columns, rows = _daily()
    values = _assert_alike(engines, (columns, rows), each("statistics_dispersion", *columns))
    assert 1.0 in values and len(set(values)) > 300


def test_status_of_a_cell(engines: list[Engine]) -> None:
    columns, rows = _cells()
    values = _assert_alike(engines, (columns, rows), each("statistics_status", *columns))
    assert set(values) == {"missing_source", "immature", "no_exposure", "insufficient", "provisional", "ok"}


def _tests() -> Given:
    """Few and many, at every share; without spread, with a little, and with much."""
    dice = random.Random(20261128)
    rows: list[tuple[Any, ...]] = [(0, 7, 0.3, 0.0), (5, 5, 0.5, 0.0)]
    for _ in range(300):
        n = dice.choice((1, 5, 20, 400))
        rows.append((dice.randrange(n + 1), n, dice.uniform(0.01, 0.99), dice.choice((0.0, 0.005, 0.3))))
    return {"suspicious": "bigint", "n": "bigint", "share": "double", "spread": "double"}, rows


def test_logarithms_of_the_gamma_function(engines: list[Engine]) -> None:
    rows = [(10.0 ** (step / 10),) for step in range(-30, 71)]
    assert len(set(_assert_alike(engines, ({"x": "double"}, rows), each("statistics_ln_gamma", "x")))) == 101


def test_upper_tails(engines: list[Engine]) -> None:
    """Masses are exponentials, of which last bits differ (E2), summed to 18 digits: alike to 1e-9."""

    def query(macros: Macros) -> str:
        numbered = f"(select {NUMBER} as test_key, suspicious, n, share, spread from {CASES})"
        tails = macros("statistics_upper_tails", f"{numbered} as tests")
        return f"select test_key as {NUMBER}, p_value as value from ({tails}) as tails where p_value > 1e-6"

    assert len(set(_assert_alike(engines, _tests(), query, tolerance=1e-9))) > 100


def test_false_discovery_rates(engines: list[Engine]) -> None:
    dice = random.Random(20261128)
    rows = [(period, dice.choice((None, 0.001, 0.02, dice.random()))) for period in range(5) for _ in range(40)]

    def query(macros: Macros) -> str:
        rates = macros("statistics_false_discoveries", CASES, "period")
        return f"select {NUMBER}, q_value as value from ({rates}) as rates"

    values = _assert_alike(engines, ({"period": "bigint", "p_value": "double"}, rows), query)
    assert None in values and len(set(values)) > 30


def _groups() -> Given:
    dice = random.Random(20261128)
    rows: list[tuple[Any, ...]] = []
    for _ in range(300):
        sizes = [dice.randrange(1, 60) for _ in range(dice.choice((1, 2, 13)))]
        hits = [dice.randrange(size + 1) for size in sizes]
        quotients = sum(hit * hit * 1_000_000 // size for hit, size in zip(hits, sizes, strict=True))
        rows.append((sum(hits), sum(sizes), len(sizes), quotients, sum(size * size for size in sizes)))
    return dict.fromkeys(("hits", "n", "compared", "quotients", "squares"), "bigint"), rows


def test_what_others_let_expect(engines: list[Engine]) -> None:
    columns, rows = _groups()
    assert len(set(_assert_alike(engines, (columns, rows), each("statistics_expected_share", "hits", "n")))) > 200
    assert len(set(_assert_alike(engines, (columns, rows), each("statistics_spread", *columns)))) > 200


def _curve(column: str) -> Query:
    def query(macros: Macros) -> str:
        steps = macros("statistics_kaplan_meier", CASES, "cell")
        return f"select cell * {CELL_WIDTH} + duration as {NUMBER}, {column} as value from ({steps}) as steps"

    return query


@pytest.mark.parametrize("column", ["survival", "survival_low", "survival_high"])
def test_curves_of_survival(column: str, engines: list[Engine]) -> None:
    values = _assert_alike(engines, _subjects(), _curve(column))
    assert 0.0 in values and len(set(values)) > 1000


@pytest.mark.parametrize("share", ["0.5e0", "0.1e0"])
def test_times_of_survival(share: str, engines: list[Engine]) -> None:
    def query(macros: Macros) -> str:
        steps = macros("statistics_kaplan_meier", CASES, "cell")
        time = macros("statistics_survival_time", "survival", share, "1e-9")
        return f"select cell as {NUMBER}, {time} as value from ({steps}) as steps group by cell"

    values = _assert_alike(engines, _subjects(), query)
    assert len(set(values)) > 10


def _ranked() -> Given:
    """Pairs of thirty cells, with ties, with one that never varies, and with two in a perfect order."""
    dice = random.Random(20261129)
    rows: list[tuple[Any, ...]] = [(0, 1.0, float(y)) for y in range(6)]
    rows += [(cell, float(x), (3.0 - 2 * cell) * x) for cell in (1, 2) for x in range(7)]
    rows += [
        (cell, float(dice.randrange(9)), dice.random() if cell % 2 else float(dice.randrange(4)))
        for cell in range(3, 30)
        for _ in range(dice.choice((4, 12, 60)))
    ]
    return {"cell": "bigint", "x": "double", "y": "double"}, rows


@pytest.mark.parametrize("side", ["", "_low", "_high"])
def test_rank_correlations(side: str, engines: list[Engine]) -> None:
    def query(macros: Macros) -> str:
        sums = macros("statistics_rank_sums", CASES, "cell")
        correlation = macros("statistics_rank_correlation", "x_squares", "y_squares", "products")
        value = macros(f"statistics_rank_correlation{side}", "r", "n") if side else "r"
        return f"select cell as {NUMBER}, {value} as value from (select *, {correlation} as r from ({sums})) as found"

    values = _assert_alike(engines, _ranked(), query)
    assert None in values and len(set(values)) > 20


def _sides() -> Given:
    """Counts of two sides, among them none and all; a third of them with a share, as rates have."""
    dice = random.Random(20261129)
    rows: list[tuple[Any, ...]] = [(0, 0, 0, 0, 0, None), (1, 0, 5, 3, 20, None), (2, 5, 5, 5, 5, None)]
    for key in range(3, 200):
        n, others = dice.randrange(1, 300), dice.randrange(1, 900)
        hits, other_hits = dice.randrange(n + 1), dice.randrange(others + 1)
        share = dice.uniform(0.05, 0.95) if key % 3 == 0 else None
        rows.append((key, hits, n, hits + other_hits, n + others, share))
    columns = dict.fromkeys(("test_key", "hits", "n", "all_hits", "all_n"), "bigint") | {"share": "double"}
    return columns, rows


def test_exact_tails_of_counts(engines: list[Engine]) -> None:
    """Masses are rounded to eighteen digits, so that of those that are next to nothing the last ones may differ."""

    def query(macros: Macros) -> str:
        found = macros("statistics_exact_tails", CASES)
        return (
            f"select test_key as {NUMBER}, case when p_value > 1e-5 then p_value end as value from ({found}) as found"
        )

    values = _assert_alike(engines, _sides(), query)
    assert 1.0 in values and None in values and len(set(values)) > 50


def test_the_tail_of_the_normal_distribution(engines: list[Engine]) -> None:
    rows = [(z / 8,) for z in range(-80, 290)]
    values = _assert_alike(engines, ({"z": "double"}, rows), each("statistics_normal_tail", "z"))
    assert len(set(values)) > 300


def test_log_ranks(engines: list[Engine]) -> None:
    columns, rows = _subjects()
    dice = random.Random(20261129)
    given = {**columns, "is_new": "boolean"}, [(*row, dice.random() < 0.4) for row in rows]

    def query(macros: Macros) -> str:
        found = macros("statistics_log_rank", CASES, "cell")
        return f"select cell as {NUMBER}, z as value from ({found}) as found"

    values = _assert_alike(engines, given, query)
    assert len(set(values)) > 20


def test_whole_parts_and_millionths(engines: list[Engine]) -> None:
    given: Given = {"x": "double"}, [(x / 16,) for x in range(200)] + [(2.99999999,), (3.00000001,), (1e9 + 0.7,)]
    values = _assert_alike(engines, given, each("statistics_whole_part", "x"))
    assert values[:17] == [0] * 16 + [1] and values[-3:] == [3, 3, 10**9]
    shares: Given = {"x": "double"}, [(x / 977,) for x in range(978)]
    texts = _assert_alike(engines, shares, each("millionths_as_text", "x"))
    assert texts[0] == "0.000000" and texts[1] == "0.001024" and texts[-1] == "0.999999"
