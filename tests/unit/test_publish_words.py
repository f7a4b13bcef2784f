"""Numbers as a reader sees them."""

from __future__ import annotations

import pytest

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
