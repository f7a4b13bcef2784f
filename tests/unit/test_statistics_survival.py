"""Kaplan-Meier in SQL, against lifelines and the arm of Freireich et al. 1963 that textbooks print."""

from __future__ import annotations

import math
import random
import warnings

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from tests.unit.macros import Macros, connection

SQL = Macros()
Subjects = list[tuple[int, bool]]
FREIREICH: Subjects = [
    *((t, True) for t in (6, 6, 6, 7, 10, 13, 16, 22, 23)),
    *((t, False) for t in (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)),
]
PRINTED = {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}


def curve(subjects: Subjects, threads: int = 1) -> pd.DataFrame:
    """Rows of duration, survival, survival_low, survival_high, by the macro."""
    con = connection()
    con.execute(f"set threads = {threads}")
    frame = pd.DataFrame(subjects, columns=["duration", "is_event"]).assign(cell=1).astype({"duration": "int64"})
    con.register("given_subjects", frame)
    con.execute("create table subjects as select * from given_subjects")
    steps = SQL("statistics_kaplan_meier", "subjects", "cell")
    return con.execute(f"select * from ({steps}) order by duration").df()


def quantile(steps: pd.DataFrame, column: str, share: float, tolerance: float = 0.0) -> float | None:
    reached = steps.loc[steps[column] <= share + tolerance, "duration"]
    return None if reached.empty else float(reached.min())


def test_the_arm_of_freireich_is_as_printed() -> None:
    steps = curve(FREIREICH).set_index("duration")["survival"].to_dict()
    assert steps == pytest.approx(PRINTED, abs=5e-5)


def test_its_median_is_23() -> None:
    assert quantile(curve(FREIREICH), "survival", 0.5, 1e-9) == 23


subjects_of_any_kind = st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=60)


@settings(deadline=None, max_examples=80)
@given(subjects_of_any_kind)
def test_curve_and_band_are_those_of_lifelines(subjects: Subjects) -> None:
    steps = curve(subjects)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = KaplanMeierFitter().fit([d for d, _ in subjects], [e for _, e in subjects])
    survival = fitted.survival_function_.iloc[:, 0]
    low, high = fitted.confidence_interval_.iloc[:, 0], fitted.confidence_interval_.iloc[:, 1]
    assert set(steps["duration"]) == {d for d, is_event in subjects if is_event}
    for step in steps.itertuples():
        assert step.survival == pytest.approx(survival[step.duration], abs=1e-12)
        assert step.survival_low == pytest.approx(low[step.duration], abs=1e-9)
        assert step.survival_high == pytest.approx(high[step.duration], abs=1e-9)


@settings(deadline=None, max_examples=40)
@given(subjects_of_any_kind, st.randoms())
def test_order_and_threads_change_no_bit(subjects: Subjects, shuffle: random.Random) -> None:
    shuffled = subjects.copy()
    shuffle.shuffle(shuffled)
    pd.testing.assert_frame_equal(curve(subjects), curve(shuffled, threads=2), check_exact=True)


def test_half_of_an_even_number_is_a_half() -> None:
    """9 of 18 ended: a product of doubles misses 0.5 by one bit, and the median would be the next."""
    steps = curve([(t, True) for t in range(1, 19)])
    assert quantile(steps, "survival", 0.5, 1e-9) == 9


def test_never_down_to_a_half_has_a_lower_limit_only() -> None:
    steps = curve([(1, True), *((t, False) for t in range(2, 30))])
    assert quantile(steps, "survival", 0.5, 1e-9) is None
    assert quantile(steps, "survival_high", 0.5) is None


def test_the_last_one_to_end_ends_the_band_too() -> None:
    last = curve([(t, True) for t in (5, 7, 9)]).iloc[-1]
    assert (last["survival"], last["survival_low"], last["survival_high"]) == (0, 0, 0)


def test_a_hundred_thousand_lose_no_precision() -> None:
    dice = random.Random(7)
    subjects = [(int(math.exp(dice.gauss(4.25, 1.25)) * 1000), dice.random() < 0.9) for _ in range(100_000)]
    steps = curve(subjects, threads=2).set_index("duration")["survival"]
    fitted = KaplanMeierFitter().fit([d for d, _ in subjects], [e for _, e in subjects])
    expected = fitted.survival_function_.iloc[:, 0].reindex(steps.index)
    assert (steps - expected).abs().max() < 1e-10
