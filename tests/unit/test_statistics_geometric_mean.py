"""The model of geometric means, against scipy and the reference value of the specification."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import gmean

from tests.unit.macros import Macros, connection

MODEL = Macros().model("intermediate/spine/int_log_means.sql")
Z = 1.959963984540054


def log_mean(minutes: list[float]) -> tuple[float, float, float]:
    """Geometric mean with its limits, of clocks that all stopped."""
    con = connection()
    durations = [round(m * 60e6) for m in minutes]
    con.register("given_subjects", pd.DataFrame({"curve_key": 1, "duration": durations, "is_event": True}))
    con.execute("create table int_clock_subjects as select * from given_subjects")
    con.execute("create table int_clock_cells as select 1 as curve_key, cast(null as varchar) as dimension")
    columns = "geometric_mean_minutes, geometric_mean_low_minutes, geometric_mean_high_minutes"
    row = con.execute(f"select {columns} from ({MODEL})").fetchone()
    assert row is not None
    return row


def test_a_geometric_mean_is_not_an_arithmetic_one() -> None:
    assert log_mean([95, 95, 95, 10])[0] == pytest.approx(54.1, abs=0.05)


def test_one_clock_has_no_limits() -> None:
    mean, low, high = log_mean([42.0])
    assert (mean, low, high) == (pytest.approx(42), None, None)


def test_equal_clocks_have_no_spread() -> None:
    assert log_mean([77.7] * 1000) == pytest.approx((77.7, 77.7, 77.7), rel=1e-12)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(1, 10**12), min_size=2, max_size=40))
def test_mean_and_limits_are_those_of_the_logarithms(microseconds: list[int]) -> None:
    minutes = [m / 6e7 for m in microseconds]
    logs = pd.Series([math.log(m) for m in minutes])
    error = float(logs.std(ddof=1)) / math.sqrt(len(logs))
    expected = (gmean(minutes), math.exp(logs.mean() - Z * error), math.exp(logs.mean() + Z * error))
    assert log_mean(minutes) == pytest.approx(expected, rel=1e-9)
