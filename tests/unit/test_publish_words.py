"""Numbers as a reader sees them."""

from __future__ import annotations

import pytest

from pipelines.publish import words
from pipelines.publish.words import quantity


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (0.1234, "12.3 %"),
        (0.9876, "98.8 %"),
        (0.994, "99.4 %"),
        (0.99929, "99.929 %"),
        (0.999871, "99.987 %"),
        (0.9999991, "99.99991 %"),
        (1.0, "100 %"),
        (0.0, "0 %"),
    ],
)
def test_a_share_near_one_shows_what_is_missing(share: float, shown: str) -> None:
    assert quantity(share, "ratio") == shown


def test_a_percentile_has_bounds_and_beyond_the_last_is_only_more() -> None:
    assert words.value_text(311.1, 200.0, "ms", "provisional") == "311"
    assert (words.unit_suffix("ms"), words.interval_name("ms")) == ("ms", "between the bounds")
    assert words.interval(200.0, 400.0, "ms", 311.1) == "200 to 400"
    assert words.value_text(None, 400.0, "ms", "ok") == "> 400"


def test_a_delivered_mean_has_no_interval() -> None:
    assert words.value_text(4.2485, None, "as delivered", "ok") == "4.25"
    assert (words.interval(None, None, "as delivered", 4.2485), words.unit_suffix("as delivered")) == (
        "",
        "as delivered",
    )
