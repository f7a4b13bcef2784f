"""Percentiles of merged buckets in SQL, against the definition in plain Python and numpy on the raw values."""

from __future__ import annotations

import bisect
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.reference.histograms import Bucket, percentile
from tests.unit.macros import Macros, connection

SQL = Macros()
CON = connection()
PERMILLES = [500, 950, 990]
Requests = list[tuple[float, tuple[float, ...]]]
COARSE, FINE = (100.0, 400.0), (50.0, 100.0, 200.0, 400.0, 800.0)


def bucket_of(value: float, ladder: tuple[float, ...]) -> Bucket:
    place = bisect.bisect_left(ladder, value)
    return (ladder[place - 1] if place else 0.0, ladder[place] if place < len(ladder) else None)


def quantiles(buckets: Counter[Bucket]) -> dict[int, tuple[float | None, float, float | None]]:
    """By the macro: (value, low, high) of each quantile."""
    rows = [(1, low, high, count) for (low, high), count in buckets.items()]
    frame = pd.DataFrame(rows, columns=["cell", "lower_bound_ms", "upper_bound_ms", "requests"])
    CON.register("given_buckets", frame)
    CON.execute(
        "create or replace table buckets as select cell, cast(lower_bound_ms as double) as lower_bound_ms, "
        "nullif(cast(upper_bound_ms as double), 'nan'::double) as upper_bound_ms, cast(requests as bigint) as requests "
        "from given_buckets"
    )
    found = CON.execute(SQL("statistics_histogram_quantile", "buckets", "cell", PERMILLES)).fetchall()
    return {permille: (value, low, high) for _, permille, value, low, high in found}


def test_within_one_bucket_it_goes_by_the_rank() -> None:
    """800 to 100 ms, 150 to 200, 50 to 400: the 500th is 62.5, the 950th ends its bucket, the 990th is 40th of 50."""
    found = quantiles(Counter({(0.0, 100.0): 800, (100.0, 200.0): 150, (200.0, 400.0): 50}))
    assert found == {500: (62.5, 0.0, 100.0), 950: (200.0, 100.0, 200.0), 990: (360.0, 200.0, 400.0)}


def test_beyond_the_last_bound_it_is_only_more() -> None:
    found = quantiles(Counter({(0.0, 100.0): 90, (100.0, None): 10}))
    assert (found[950], found[990]) == ((None, 100.0, None), (None, 100.0, None))


def test_a_coarser_bucket_stays_as_it_is() -> None:
    """Of 10 requests up to 400 ms nobody knows which side of 100 and 200: the median lies between 100 and 400."""
    found = quantiles(Counter({(0.0, 400.0): 10, (0.0, 100.0): 4, (100.0, 200.0): 4}))
    assert found[500][1:] == (0.0, 400.0)
    assert found[500][0] == pytest.approx(400 * 9 / 18)


def test_of_nothing_there_is_none() -> None:
    assert quantiles(Counter({(0.0, 100.0): 0})) == {}


requests = st.lists(
    st.tuples(st.integers(1, 1000).map(float), st.sampled_from([COARSE, FINE])), min_size=1, max_size=60
)


@settings(deadline=None, max_examples=60)
@given(requests)
def test_it_is_what_the_definition_says_and_the_true_value_lies_within(
    given_requests: list[tuple[float, tuple[float, ...]]],
) -> None:
    buckets = Counter(bucket_of(value, ladder) for value, ladder in given_requests)
    found = quantiles(buckets)
    values = [value for value, _ in given_requests]
    for permille in PERMILLES:
        expected = percentile(buckets, permille)
        assert found[permille] == (
            None if expected.value is None else pytest.approx(expected.value), expected.low, expected.high
        )  # fmt: skip
        true = float(np.quantile(values, permille / 1000, method="inverted_cdf"))
        assert expected.low < true
        assert expected.high is None or true <= expected.high
