"""Fixtures shared by all tests: where real data is, and releases made by the pipeline itself."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import cached_release

ROOT = Path(__file__).resolve().parents[1]
REAL_DATA = os.environ.get("SCORECARD_REAL_DATA") or next(
    (str(path) for path in [ROOT.parent / "shared" / "data"] if path.is_dir()), ""
)
os.environ["SCORECARD_REAL_DATA"] = REAL_DATA or "/nonexistent-set-SCORECARD_REAL_DATA"
REAL_ORGANISATIONS = {"jenkins", "govuk", "servicenow", "github_status", "upptime", "statuspage"}
SHARED_VARIABLE = "SCORECARD_TEST_RELEASES"
NO_REAL_DATA = "SCORECARD_REAL_DATA is not set: this test reads the real logs and did NOT run"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real logs; without it the test is skipped, loudly."""
    if not REAL_DATA:
        pytest.skip(NO_REAL_DATA)
    return Path(REAL_DATA)


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """`released(name, as_of=None)`: what `scorecard run organisations/<name>` releases, made once.

    SCORECARD_TEST_RELEASES: a folder that several runs of pytest share.
    """
    shared = Path(os.environ.get(SHARED_VARIABLE) or tmp_path_factory.getbasetemp())
    if os.environ.get("PYTEST_XDIST_WORKER") and SHARED_VARIABLE not in os.environ:
        shared = shared.parent

    def release(name: str, as_of: str | None = None) -> Path:
        if name in REAL_ORGANISATIONS and not REAL_DATA:
            pytest.skip(NO_REAL_DATA)
        return cached_release(ROOT / "organisations" / name, as_of, shared / "releases-of-tests")

    return release
