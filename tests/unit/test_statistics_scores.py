"""Scores: goals, shrinkage, draws, means and bands, by the macros and models; against scipy and by property."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import gamma, norm

from pipelines.landing.draws import DRAWS, draws
from pipelines.policy_rules import PILLARS, scorable_metrics
from tests.unit.macros import Macros, connection

MACROS = Macros()
SPREADS = MACROS.model("intermediate/scores/int_score_spreads.sql")
SHRUNK = MACROS.model("intermediate/scores/int_shrunk_cells.sql")
NUMBERS = st.floats(-1e4, 1e4, allow_nan=False)


def evaluate(sql: str, **columns: Sequence[float | None]) -> list[Any]:
    """The expression for every row of the columns, all doubles."""
    con = connection()
    con.register("given_rows", pd.DataFrame({name: pd.array(list(each), "Float64") for name, each in columns.items()}))
    return [value for (value,) in con.execute(f"select {sql} from given_rows").fetchall()]


def mean_of(scores: Sequence[float], weights: Sequence[float]) -> float:
    return float(evaluate(MACROS("statistics_geometric_score", "s", "w"), s=scores, w=weights)[0])


# --- goals and scores ---------------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(st.lists(NUMBERS, min_size=2, max_size=20), NUMBERS, NUMBERS)
def test_a_score_lies_from_0_to_100_and_never_falls_toward_the_target(
    values: list[float], floor: float, target: float
) -> None:
    if abs(target - floor) < 1e-6:
        return
    values = sorted(values, reverse=target < floor)
    rows = {"v": values, "f": [floor] * len(values), "t": [target] * len(values)}
    scores = evaluate(MACROS("statistics_score", "v", "f", "t"), **rows)
    assert all(0 <= score <= 100 for score in scores)
    assert scores == sorted(scores)


def test_floor_and_target_are_0_and_100() -> None:
    sql = MACROS("statistics_score", "v", "2e-1", "5e-2")
    assert evaluate(sql, v=[0.2, 0.05, 0.1, 0.9, 0.0]) == pytest.approx([0, 100, 100 * 2 / 3, 0, 100])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 400), min_size=5, max_size=5), st.lists(NUMBERS, min_size=4, max_size=4))
def test_a_goal_of_several_tiers_lies_between_theirs(days: list[float], goals: list[float]) -> None:
    names = ["tier_1_days", "tier_2_days", "tier_3_days", "tier_4_days", "tier_unknown_days"]
    rows = {name: [each] for name, each in zip(names, days, strict=True)}
    rows |= {f"goal_{tier}": [goal] for tier, goal in enumerate(goals, start=1)}
    (mean,) = evaluate(MACROS("statistics_tier_mean", "goal"), **rows)
    slack = 1e-9 * (1 + max(map(abs, goals)))
    assert min(goals) - slack <= mean <= max(goals) + slack


# --- shrinkage ----------------------------------------------------------------------------------------------------


def spread_of(fitted: Sequence[float], variances: Sequence[float]) -> float | None:
    con = connection()
    rows = {"period_key": 1, "metric_id": "m", "entity_type": "team", "portfolio_fitted": 0.5}
    con.register("int_score_cells", pd.DataFrame(rows | {"fitted": fitted, "variance": variances}))
    row = con.execute(f"select spread from ({SPREADS})").fetchone()
    return None if row is None else float(row[0])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(1e-5, 1.0)), min_size=2, max_size=12))
def test_the_spread_is_that_of_dersimonian_and_laird(teams: list[tuple[float, float]]) -> None:
    """Written anew from the paper: with weights 1 / variance, not beside the greatest one."""
    weights = [1 / variance for _, variance in teams]
    total = math.fsum(weights)
    mean = math.fsum(w * y for w, (y, _) in zip(weights, teams, strict=True)) / total
    q = math.fsum(w * (y - mean) ** 2 for w, (y, _) in zip(weights, teams, strict=True))
    expected = max(0.0, (q - len(teams) + 1) / (total - math.fsum(w * w for w in weights) / total))
    assert spread_of([y for y, _ in teams], [v for _, v in teams]) == pytest.approx(expected, rel=1e-7, abs=1e-9)


def shrink(rows: list[dict[str, Any]], spread: float | None) -> list[tuple[Any, ...]]:
    """(own_weight, shrunk_value) of teams with the model's columns filled in."""
    con = connection()
    usual: dict[str, Any] = {
        "period_key": 1, "metric_id": "m", "entity_type": "team", "policy_version": "a", "pillar": "p",
        "pillar_weight": 1.0, "better": "up", "scale": 1.0, "numerator": 1.0, "denominator": 1.0, "low": 0.0,
        "floor": 0.0, "target": 1.0, "weight": 1.0, "error": None, "has_number": True, "number_status": "ok",
        "is_excepted": False, "rollout_phase": None, "status": "ok", "is_excused": False,
        "tier_1_days": 1.0, "tier_2_days": 1.0, "tier_3_days": 1.0, "tier_4_days": 1.0, "tier_unknown_days": 0.0,
    }  # fmt: skip
    cells = pd.DataFrame([usual | {"entity_key": place} | row for place, row in enumerate(rows)])
    con.register("int_score_cells", cells.astype({"error": "Float64"}))
    spreads = pd.DataFrame({"period_key": [1], "metric_id": ["m"], "spread": pd.array([spread], "Float64")})
    con.register("int_score_spreads", spreads)
    return con.execute(f"select own_weight, shrunk_value from ({SHRUNK}) order by entity_key").fetchall()


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 400), st.floats(0, 1)), min_size=1, max_size=12),
    st.floats(0.01, 0.99), st.one_of(st.none(), st.just(0.0), st.floats(1e-6, 1.0)), st.integers(1, 20),
)  # fmt: skip
def test_a_shrunk_share_lies_between_the_raw_one_and_the_portfolios(
    teams: list[tuple[int, float]], prior: float, spread: float | None, least: int
) -> None:
    rows = [
        {
            "family": "share", "n": n, "minimum_n": least, "value": hits, "fitted": hits, "portfolio_fitted": prior,
            "strength": float(n), "variance": prior * (1 - prior) / n,
        }
        for n, hits in teams
    ]  # fmt: skip
    for (n, value), (own, shrunk) in zip(teams, shrink(rows, spread), strict=True):
        assert min(value, prior) - 1e-12 <= shrunk <= max(value, prior) + 1e-12
        assert 0 < own <= 1
        assert own >= 0.5 - 1e-12 or n < 4 * least
        assert spread is not None or own == 1


def test_times_are_shrunk_on_logarithms() -> None:
    """400 minutes against 100, halfway on logarithms, are 200; a time of nothing counts as a thousandth."""
    row = {
        "family": "time", "n": 20, "minimum_n": 5, "value": 400.0, "fitted": math.log(400),
        "portfolio_fitted": math.log(100), "strength": None, "error": 0.1, "variance": 0.01,
    }  # fmt: skip
    assert shrink([row], 0.0) == [(0.5, pytest.approx(200))]
    assert evaluate(MACROS("statistics_log_time", "v"), v=[0.0]) == pytest.approx([math.log(0.001)])


def test_a_standard_error_needs_one_limit() -> None:
    sql = MACROS("statistics_error_of_limits", "v", "lo", "hi")
    z = norm.ppf(0.975)
    found = evaluate(sql, v=[1, 1, 1, 1], lo=[1 - z, 1 - z, None, None], hi=[1 + 3 * z, None, 1 + z, None])
    assert found[:3] == pytest.approx([2, 1, 1])
    assert found[3] is None


def test_the_widening_of_a_rate_is_found_again() -> None:
    """12 events on one of 30 days came as one: limits 3.46 times as wide. Without events there is nothing to widen."""
    upper = 1.5 * 14.0
    rows = {
        "x": [12.0, 0.0],
        "e": [1.0, 1.0],
        "r": [12.0, 0.0],
        "h": [12 + (upper - 12) * 3.46, 3.69],
        "q": [upper, 3.69],
    }
    assert evaluate(MACROS("statistics_widening", "x", "e", "r", "h", "q"), **rows) == pytest.approx([3.46, 1])


# --- draws --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [2.5, 10, 80, 1000])
@pytest.mark.parametrize("share", [0.025, 0.5, 0.975])
def test_a_gamma_is_drawn_from_a_normal(shape: float, share: float) -> None:
    """Wilson and Hilferty are right to a hundredth of the mean, from two events and a half on."""
    (found,) = evaluate(MACROS("statistics_gamma_draw", "a", "z"), a=[shape], z=[norm.ppf(share)])
    assert found == pytest.approx(gamma.ppf(share, shape), abs=0.01 * shape)


def test_a_gamma_is_never_below_nothing() -> None:
    assert evaluate(MACROS("statistics_gamma_draw", "a", "z"), a=[0.5, 0.5], z=[-5.0, -1.0])[0] == 0


def test_draws_are_those_of_their_seeds() -> None:
    """Pinned: were they others, every published band would move."""
    table = draws()
    assert table.num_rows == DRAWS * (len(scorable_metrics()) + len(PILLARS))
    first = [row for row in table.to_pylist() if row["slot"] == "actions_on_time"][:2]
    assert [(row["draw"], row["z1"], row["z2"], row["u"]) for row in first] == [
        (1, -3.178269, -0.969537, 0.451457), (2, -1.905021, -1.09597, 0.863792),
    ]  # fmt: skip


def test_draws_are_normal_and_even() -> None:
    frame = draws().to_pandas().groupby("slot")
    for column, mean, sd in (("z1", 0, 1), ("z2", 0, 1), ("u", 0.5, math.sqrt(1 / 12))):
        assert frame[column].mean().sub(mean).abs().max() < 5 * sd / math.sqrt(DRAWS)
        assert frame[column].std().sub(sd).abs().max() < 0.12 * sd
    assert all(abs(slot["z1"].corr(slot["z2"])) < 0.2 for _, slot in frame)


# --- means and bands ----------------------------------------------------------------------------------------------


def test_one_bad_metric_is_not_hidden_by_three_good_ones() -> None:
    assert mean_of([95, 95, 95, 10], [0.25] * 4) == pytest.approx(54.1, abs=0.05)
    assert mean_of([0, 100], [0.5, 0.5]) == pytest.approx(10)
    assert mean_of([100] * 7, [0.3, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1]) == 100


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0.01, 1)), min_size=1, max_size=10))
def test_a_geometric_mean_is_below_the_arithmetic_one(parts: list[tuple[float, float]]) -> None:
    scores, weights = [score for score, _ in parts], [weight for _, weight in parts]
    mean = mean_of(scores, weights)
    raised = [max(score, 1.0) for score in scores]
    assert mean <= math.fsum(s * w for s, w in zip(raised, weights, strict=True)) / math.fsum(weights) + 1e-9
    assert min(raised) - 1e-9 <= mean <= max(raised) + 1e-9


def test_a_band_is_the_25th_and_the_976th_draw_and_holds_the_score() -> None:
    con = connection()
    con.execute("create table t as select cast(i as double) as d from range(1000, 0, -1) as r(i)")
    ends = [
        con.execute(f"select {MACROS(f'statistics_band_{end}', value, 'd')} from t").fetchone()
        for value in ("5e2", "1e1", "9.9e2")
        for end in ("low", "high")
    ]
    assert ends == [(25,), (976,), (10,), (976,), (25,), (990,)]
