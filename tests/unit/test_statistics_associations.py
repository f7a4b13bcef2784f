"""Whether outcomes go with reliability: the model's own SQL against scipy, and how often its limits are right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, pearsonr, rankdata, spearmanr

from tests.unit.macros import Macros, connection

MODEL = Macros().model("marts/outcomes/reliability_associations.sql")
Pair = tuple[float, float]
Markets = dict[str, Sequence[Pair]]


class Association(NamedTuple):
    """What a row of reliability_associations says."""

    n: int
    markets: int
    correlation: float | None
    low: float | None
    high: float | None
    status: str


def associations(cases: Sequence[Markets]) -> dict[tuple[int, str | None], Association]:
    """By case and market (None: within all)."""
    rows = [
        (f"case {number}", market, *pair)
        for number, markets in enumerate(cases)
        for market, pairs in markets.items()
        for pair in pairs
    ]
    con = connection()
    frame = pd.DataFrame(rows, columns=["outcome_metric_id", "market", "reliability_value", "outcome_value"])
    con.register("given", frame)
    return _answer(
        con,
        "select *, 'availability' as reliability_metric_id, 0 as lag_months, cast(null as string) as reason, "
        "'ok' as outcome_status, 'ok' as reliability_status from given",
    )


def _answer(con: duckdb.DuckDBPyConnection, by_market: str) -> dict[tuple[int, str | None], Association]:
    con.execute(f"create table reliability_by_market as {by_market}")
    found = con.execute(
        "select cast(split_part(outcome_metric_id, ' ', 2) as int), market, n, markets, correlation, correlation_low, "
        f"correlation_high, status from ({MODEL})"
    ).fetchall()
    return {(row[0], row[1]): Association(*row[2:]) for row in found}


def limits(r: float, n: int) -> tuple[float, float]:
    """Bonett and Wright 2000."""
    half = norm.ppf(0.975) * math.sqrt((1 + r * r / 2) / (n - 3))
    return math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half)


NUMBERS = st.one_of(st.integers(0, 4).map(float), st.floats(-1e6, 1e6).map(lambda x: round(x, 6)))
PAIRS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=10, max_size=40)


@settings(deadline=None, max_examples=60)
@given(st.lists(PAIRS, min_size=1, max_size=8))
def test_of_a_market_it_is_scipys(cases: list[list[Pair]]) -> None:
    found = associations([{"de": pairs} for pairs in cases])
    for number, pairs in enumerate(cases):
        x, y = np.array(pairs).T
        row = found[number, "de"]
        assert row.n == len(pairs)
        if len(set(x)) == 1 or len(set(y)) == 1:
            assert row[2:] == (None, None, None, "no_exposure")
            continue
        expected = float(spearmanr(x, y).statistic)
        assert row.correlation == pytest.approx(expected, rel=1e-9, abs=1e-9)
        assert row.status == ("ok" if len(pairs) >= 20 else "provisional")
        if abs(expected) < 1 - 1e-9:
            assert (row.low, row.high) == pytest.approx(limits(expected, len(pairs)), rel=1e-9, abs=1e-9)
        assert found[number, None] == row, "of one market, all markets are that market"


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=25), min_size=2, max_size=5))
def test_within_markets_it_is_the_correlation_of_their_ranks(markets: list[list[Pair]]) -> None:
    """Mid-ranks less their mean, over n + 1 of the market, of those with 10 pairs; each but the first costs a pair."""
    row = associations([{f"m{place}": pairs for place, pairs in enumerate(markets)}])[0, None]
    long = [pairs for pairs in markets if len(pairs) >= 10]
    assert (row.n, row.markets) == (sum(map(len, long)), len(long))
    if not long:
        assert row[2:] == (None, None, None, "insufficient")
        return
    ranks = [
        np.array([(rankdata(side) - (len(pairs) + 1) / 2) / (len(pairs) + 1) for side in zip(*pairs, strict=True)])
        for pairs in long
    ]
    x, y = np.concatenate(ranks, axis=1)
    if not x.any() or not y.any():
        assert row[2:] == (None, None, None, "no_exposure")
        return
    expected = float(pearsonr(x, y).statistic)
    assert row.correlation == pytest.approx(expected, rel=1e-9, abs=2e-9)
    if abs(expected) < 1 - 1e-9:
        assert (row.low, row.high) == pytest.approx(limits(expected, row.n - row.markets + 1), rel=1e-8, abs=1e-8)


def test_the_example_of_the_decision() -> None:
    """D67: squares of ranks 80.5 and 81, products -75.5."""
    minutes = [0, 0, 30, 60, 10, 120, 0, 90, 20, 40]
    content = [4.5, 4.4, 4.2, 4.1, 4.4, 3.9, 4.3, 4.0, 4.3, 4.2]
    row = associations([{"de": list(zip(map(float, minutes), content, strict=True))}])[0, "de"]
    assert row.correlation == pytest.approx(-75.5 / math.sqrt(80.5 * 81), rel=1e-12)
    assert (row.low, row.high) == pytest.approx((-0.9886886, -0.6688112), abs=1e-7)
    assert row.status == "provisional"


def test_levels_of_markets_are_no_association() -> None:
    """One market is content and reliable, the other neither; within each, less reliability goes with more content."""
    high = [(0.99 + month / 1000, 4.5 - month / 100) for month in range(12)]
    low = [(0.90 + month / 1000, 3.5 - month / 100) for month in range(12)]
    found = associations([{"at": low, "de": high}])
    assert spearmanr(*zip(*low, *high, strict=True)).statistic == pytest.approx(0.5026087, abs=1e-6)
    assert found[0, None] == Association(24, 2, -1.0, None, None, "ok")


def test_what_agrees_to_nine_decimals_is_a_tie() -> None:
    pairs = [(0.1 + 0.2, 1.0), (0.3, 2.0), *((float(month), float(month)) for month in range(1, 10))]
    tied = [(0.3, 1.0), (0.3, 2.0), *pairs[2:]]
    assert pairs[0][0] != pairs[1][0]
    found = associations([{"de": pairs}, {"de": tied}])
    assert found[0, "de"] == found[1, "de"]


def test_no_pair_is_not_zero() -> None:
    """Left out, of no source, and ten pairs less one: none has a number."""
    con = connection()
    rows = [("case 0", "ok", "ok", "not_closed"), ("case 1", "ok", "missing_source", "reliability_missing_source")]
    rows += [("case 2", "ok", "ok", None)] * 9
    frame = pd.DataFrame(rows, columns=["outcome_metric_id", "outcome_status", "reliability_status", "reason"])
    con.register("given", frame)
    found = _answer(
        con,
        "select *, 'availability' as reliability_metric_id, 0 as lag_months, 'de' as market, "
        "random() as reliability_value, random() as outcome_value from given",
    )
    assert found[0, "de"] == Association(0, 0, None, None, None, "insufficient")
    assert found[1, "de"] == found[1, None] == Association(0, 0, None, None, None, "missing_source")
    assert found[2, "de"] == Association(9, 1, None, None, None, "insufficient")


def drawn(random: np.random.Generator, rho: float, months: int, level: float = 0.0) -> list[Pair]:
    """Months of two normal measures that correlate by rho, about a level of the market."""
    x, noise = random.standard_normal((2, months))
    return list(zip(x + level, rho * x + math.sqrt(1 - rho * rho) * noise + level, strict=True))


def judged(rho: float, markets: int, months: int) -> tuple[float, float]:
    """Of 2,000 organisations: in how many the limits hold the truth, and in how many they claim more than it."""
    random = np.random.default_rng(67)
    true = 6 / math.pi * math.asin(rho / 2)
    rows = associations([{f"m{m}": drawn(random, rho, months, 5.0 * m) for m in range(markets)} for _ in range(2000)])
    ends = [(row.low, row.high) for (_, market), row in rows.items() if market is None]
    held = [low is None or high is None or low <= true <= high for low, high in ends]
    above = [low is not None and low > true for low, _ in ends]
    assert len(ends) == 2000
    return float(np.mean(held)), float(np.mean(above))


@pytest.mark.parametrize("rho", [0.0, 0.4, 0.9])
@pytest.mark.parametrize("months", [10, 40])
def test_limits_cover_the_truth(rho: float, months: int) -> None:
    """Months are independent here; where they are not, the limits are too narrow, which the caveat says."""
    held, _ = judged(rho, 1, months)
    assert held >= 0.94, held


@pytest.mark.parametrize("rho", [0.0, 0.4, 0.7])
def test_within_markets_no_more_is_claimed_than_there_is(rho: float) -> None:
    """Ranks of twelve lie nearer to 0 than those of many, so a strong association is understated, and 0 is not."""
    held, above = judged(rho, 4, 12)
    assert above <= 0.03, above
    assert held >= (0.94 if rho < 0.5 else 0.9), held
