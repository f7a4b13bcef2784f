"""The oracle's statistics against worked examples and reference values of the specification."""

import math
from fractions import Fraction

import pytest

from tests.oracle.reference import intervals, kaplan_meier
from tests.oracle.reference.cells import Tally
from tests.oracle.reference.finishing import Exposed, finish_rate, finish_ratio, finish_survival
from tests.oracle.reference.instants import DAY, MINUTE

# Freireich et al. 1963, weeks in remission on 6-MP; False: still in remission when last seen.
SIX_MP = [(t, True) for t in (6, 6, 6, 7, 10, 13, 16, 22, 23)] + [
    (t, False) for t in (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
]


def test_freireich_curve_and_median() -> None:
    steps = list(kaplan_meier.curve(SIX_MP))
    expected = {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}
    assert {step.time: round(step.survival, 4) for step in steps} == expected
    assert kaplan_meier.quantile(steps, 0.5).value == 23


def test_quantile_bounds_agree_with_lifelines() -> None:
    lifelines = pytest.importorskip("lifelines", reason="lifelines is not installed: nothing was compared")
    utils = pytest.importorskip("lifelines.utils", reason="lifelines is not installed: nothing was compared")
    fitted = lifelines.KaplanMeierFitter().fit([t for t, _ in SIX_MP], [seen for _, seen in SIX_MP])
    band = fitted.confidence_interval_survival_function_
    low, high = utils.median_survival_times(band).to_numpy().ravel()
    found = kaplan_meier.quantile(list(kaplan_meier.curve(SIX_MP)), 0.5)
    assert found.low == low == 13
    assert found.high is None and math.isinf(high)


def test_curve_that_ends_at_zero_has_both_bounds_there() -> None:
    steps = list(kaplan_meier.curve([(1, True), (2, True), (3, True)]))
    assert (steps[-1].survival, steps[-1].lower, steps[-1].upper) == (0.0, 0.0, 0.0)
    assert kaplan_meier.quantile(steps, 0.5) == (2, 1, 3)


def test_survival_exactly_at_half_is_the_median() -> None:
    steps = list(kaplan_meier.curve([(t, True) for t in range(1, 11)]))
    assert kaplan_meier.quantile(steps, 0.5).value == 5


def test_open_incidents_are_censored_and_not_dropped() -> None:
    tally = Tally(subjects=[(t * MINUTE, t <= 4) for t in range(1, 11)])
    cell, statistics = finish_survival(tally, covered=True, closed=True, unit=MINUTE)
    assert (cell.numerator, cell.n, cell.censored, cell.value, cell.high) == (4, 10, 6, None, None)
    assert cell.status == "provisional"
    assert statistics["longest_observed"].value == 10
    assert statistics["geometric_mean"].status == "insufficient"


def test_wilson_of_none_in_ten() -> None:
    low, high = intervals.wilson(0, 10)
    assert low == pytest.approx(0, abs=1e-15)
    assert high == pytest.approx(0.2775, abs=5e-5)


def test_wilson_of_three_in_eight_by_hand() -> None:
    # (3 + 1.9207) / (8 + 3.8415) = 0.41556; half-width 1.95996 * sqrt(1.875 + 0.9604) / 11.8415 = 0.27871
    low, high = intervals.wilson(3, 8)
    assert (round(low, 4), round(high, 4)) == (0.1368, 0.6943)


def test_exact_poisson_of_nothing() -> None:
    low, high = intervals.poisson(0)
    assert low == 0
    assert high == pytest.approx(-math.log(0.025), rel=1e-13)
    assert round(high, 3) == 3.689


@pytest.mark.parametrize("count", [1, 2, 7, 30, 99, 100])
def test_exact_poisson_agrees_with_chi_squared(count: int) -> None:
    stats = pytest.importorskip("scipy.stats", reason="scipy is not installed: nothing was compared")
    expected = (stats.chi2.ppf(0.025, 2 * count) / 2, stats.chi2.ppf(0.975, 2 * count + 2) / 2)
    assert intervals.poisson(count) == pytest.approx(expected, rel=1e-11)


def test_byar_above_a_hundred_is_close_to_exact() -> None:
    # Exact for 101: 82.268 and 122.724.
    assert intervals.poisson(101) == pytest.approx((82.268, 122.724), rel=1e-4)


def test_dispersion_by_hand() -> None:
    # Days 4, 0, 0, 0 with equal exposure: r e = 1; ((4-1)^2 + 3 * 1) / 3 = 4.
    assert intervals.dispersion([(4, DAY)], 4 * DAY, 4, 4) == Fraction(4)
    assert intervals.dispersion([(1, DAY)] * 4, 4 * DAY, 4, 4) == 0
    assert intervals.dispersion([], 4 * DAY, 4, 0) == 1


def test_one_month_without_incident_is_a_rate_of_zero_with_an_upper_bound() -> None:
    month = 2_629_800 * 1_000_000
    days = dict.fromkeys(range(30), DAY)
    cell = finish_rate(Tally(), Exposed(month, 31, days), 2_629_800, covered=True, closed=True)
    assert (cell.value, cell.low, cell.n, cell.status) == (0.0, 0.0, 30, "ok")
    assert cell.high is not None and round(cell.high, 2) == 3.69


def test_geometric_mean_of_the_specification() -> None:
    value, low, high = intervals.geometric_mean([95, 95, 95, 10])
    assert round(value, 1) == 54.1
    assert low is not None and high is not None and low < value < high


@pytest.mark.parametrize(
    ("n", "status"),
    [(0, "no_exposure"), (4, "insufficient"), (5, "provisional"), (19, "provisional"), (20, "ok")],
)
def test_status_by_size(n: int, status: str) -> None:
    cell = finish_ratio(Tally(numerator=0, n=n), covered=True, closed=True)
    assert cell.status == status
    assert (cell.value is None) == (n < 5)


def test_status_of_what_cannot_be_known() -> None:
    tally = Tally(numerator=3, n=30)
    assert finish_ratio(tally, covered=False, closed=True).status == "missing_source"
    assert finish_ratio(tally, covered=False, closed=True).value is None
    tally.excluded["immature"] += 1
    assert finish_ratio(tally, covered=True, closed=False).status == "immature"
    only_unknown = Tally()
    only_unknown.excluded["outcome_unknown"] += 7
    assert finish_ratio(only_unknown, covered=True, closed=True).status == "insufficient"
    only_outside = Tally(outside=7)
    assert finish_ratio(only_outside, covered=True, closed=True).status == "no_exposure"
    assert only_unknown.reasons() == {"outcome_unknown": 7} and only_outside.reasons() == {"not_covered": 7}
