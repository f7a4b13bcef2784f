"""kill -9 at twenty instants spread over a run, inside the commits of landing and release too, then a rerun."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import ROOT, scorecard, tables

SEED = 20261123
EXAMPLE = ROOT / "organisations" / "example"
SHARES = random.Random(SEED)
SPREAD = [("clock", share) for share in sorted(SHARES.uniform(0.02, 1.0) for _ in range(14))]
LANDING_COMMITS = [("landing/.staging/*", delay) for delay in (0.0, 0.01, 0.05)]
RELEASE_COMMITS = [("releases/.staging-*", delay) for delay in (0.0, 0.05, 0.3)]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], float]:
    """The tables of a run that nobody killed, and how many seconds it took."""
    home = tmp_path_factory.mktemp("undisturbed")
    started = time.monotonic()
    done = scorecard("run", EXAMPLE, "--home", home)
    assert done.returncode == 0, done.stderr
    return tables(home / "releases" / "current"), time.monotonic() - started


def _wait_for(pattern: str, home: Path, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None and not any(home.glob(pattern)):
        time.sleep(0.001)


def _killed_run(home: Path, wait: Callable[[subprocess.Popen[bytes]], None]) -> int:
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli", "run", str(EXAMPLE), "--home", str(home)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )
    wait(process)
    with contextlib.suppress(ProcessLookupError):  # the run was quicker: the rerun must be a no-op then
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait()


@pytest.mark.slow
@pytest.mark.parametrize(("when", "amount"), [*SPREAD, *LANDING_COMMITS, *RELEASE_COMMITS])
def test_killed_and_run_again_is_the_same_release(
    when: str, amount: float, undisturbed: tuple[dict[str, str], float], tmp_path: Path
) -> None:
    expected, seconds = undisturbed

    def wait(process: subprocess.Popen[bytes]) -> None:
        if when == "clock":
            time.sleep(amount * seconds)
        else:
            _wait_for(when, tmp_path, process)
            time.sleep(amount)

    _killed_run(tmp_path, wait)
    again = scorecard("run", EXAMPLE, "--home", tmp_path)
    assert again.returncode == 0, again.stderr
    assert tables(tmp_path / "releases" / "current") == expected
    assert not list((tmp_path / "releases").glob(".staging-*"))
    assert not list((tmp_path / "landing" / ".staging").glob("*"))
