"""Fixtures of the tests beside the oracle."""

from collections.abc import Iterator

import coverage
import pytest


@pytest.fixture(scope="package", autouse=True)
def lines_are_not_measured() -> Iterator[None]:
    """The oracle shares no code with the product, so that tracing its lines would say nothing, in thrice the time."""
    running = coverage.Coverage.current()
    if running is not None:
        running.stop()
    yield
    if running is not None:
        running.start()
