"""kill -9 in the middle of landing, then the same call again: the same landed rows, the same batches.

The kills are made from outside the product: a child process replaces the system calls that commit things by
ones that kill it before or after the k-th of them, or it is killed by the clock.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.unit.landing_support import csv_text, query, source, write_folder

SEED = 20261123
SLOW = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
CHILD = """
import os, signal, sys
from pathlib import Path
folder, home, call, number, moment = sys.argv[1:]
sys.path.insert(0, {root!r})
from pipelines import organisation
from tests.unit.landing_support import land

left = [int(number)]

def killing(real):
    def replaced(*arguments, **more):
        left[0] -= 1
        if left[0] == 0 and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*arguments, **more)
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return replaced

if call != "none":
    os.rename, os.replace, os.fsync = [
        killing(real) if call in (name, "any") else real
        for name, real in (("rename", os.rename), ("replace", os.replace), ("fsync", os.fsync))
    ]
acme = organisation.load(folder)
print("ready", flush=True)
print(land(acme, Path(home)).as_of.isoformat(), left[0])
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sources, the second with a grown file, so that a rerun also has differences to compute."""
    path = tmp_path_factory.mktemp("acme")
    write_folder(path, [source("one", path="one-*.csv"), source("two", path="two.csv", mode="snapshot")])
    rows = [(str(n % 400), f"2024-01-01T00:{n % 60:02d}:00Z", "x" * (n % 7)) for n in range(3000)]
    for name, part in (("one-a", rows[:1500]), ("one-b", rows[1000:2500]), ("two", rows[::2])):
        (path / f"{name}.csv").write_text(csv_text(part))
    return path


def child(folder: Path, home: Path, call: str = "none", number: int = 0, moment: str = "before") -> Any:
    code = CHILD.format(root=str(ROOT))
    return subprocess.Popen(
        [sys.executable, "-c", code, str(folder), str(home), call, str(number), moment],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )


def state(home: Path) -> tuple[Any, ...]:
    """All that the rest of the pipeline can see of a landing zone."""
    rows = query(home, "select * from landing.events order by all")
    ledger = query(home, "select * from landing.ledger order by all")
    instant = json.loads((home / "landing" / "run.json").read_text())["as_of"]
    left = sorted(path.name for path in (home / "landing" / ".staging").iterdir())
    return rows, ledger, instant, left


@pytest.fixture(scope="module")
def undisturbed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[tuple[Any, ...], int, float]:
    """The state after a run that nobody killed, how many committing calls it makes, and how long it lands."""
    home = tmp_path_factory.mktemp("undisturbed")
    process = child(folder, home, "any", 1_000_000)
    process.stdout.readline()
    started = time.monotonic()
    answer, _ = process.communicate()
    return state(home), 1_000_000 - int(answer.split()[1]), time.monotonic() - started


INSTANTS = random.Random(SEED)
SHARES = sorted(INSTANTS.random() for _ in range(8))


def finish(folder: Path, home: Path) -> None:
    again = child(folder, home)
    again.communicate()
    assert again.returncode == 0


MOMENTS = [(share, ("before", "after")[place % 2]) for place, share in enumerate(SHARES)]
REST = [pytest.param(share, "before" if moment == "after" else "after", marks=SLOW) for share, moment in MOMENTS]


@pytest.mark.parametrize(("share", "moment"), [*MOMENTS[::2], *MOMENTS[1:4:2], *REST])
def test_killed_at_a_committing_call(
    folder: Path, tmp_path: Path, undisturbed: tuple[tuple[Any, ...], int, float], share: float, moment: str
) -> None:
    expected, calls, _ = undisturbed
    process = child(folder, tmp_path, "any", 1 + int(share * calls), moment)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    finish(folder, tmp_path)
    assert state(tmp_path) == expected


@pytest.mark.parametrize("number", [1, 4, 8])
def test_killed_around_the_rename_that_commits_a_batch(
    folder: Path, tmp_path: Path, undisturbed: tuple[tuple[Any, ...], int, float], number: int
) -> None:
    process = child(folder, tmp_path, "rename", number, "after")
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    finish(folder, tmp_path)
    assert state(tmp_path) == undisturbed[0]


@pytest.mark.parametrize("share", [SHARES[0], *(pytest.param(share, marks=SLOW) for share in SHARES[2::2])])
def test_killed_by_the_clock(
    folder: Path, tmp_path: Path, undisturbed: tuple[tuple[Any, ...], int, float], share: float
) -> None:
    expected, _, seconds = undisturbed
    process = child(folder, tmp_path)
    process.stdout.readline()
    time.sleep(share * seconds)
    process.kill()
    process.communicate()
    finish(folder, tmp_path)
    assert state(tmp_path) == expected


def write_state(folder: Path, wrong: str, letters: str) -> None:
    """3,000 rows, one in fifty of them `wrong` if given: in three files that overlap, and the first 400 in one more."""
    rows = [
        (str(n % 400), f"2024-01-01T00:{n % 60:02d}:00Z", wrong if wrong and n % 50 == 0 else "right")
        for n in range(3000)
    ]
    for old in folder.glob("one-*.csv"):
        old.unlink()
    for place, letter in enumerate(letters):
        (folder / f"one-{letter}.csv").write_text(csv_text(rows[place * 900 : place * 900 + 1000]))
    (folder / "two.csv").write_text(csv_text(rows[:400]))


@pytest.fixture(scope="module")
def put_back(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, tuple[Any, ...], int]:
    """A home that landed wrong rows; the folder where they were put right while its files moved; what comes of a run
    that nobody kills; how many committing calls that makes."""
    path = tmp_path_factory.mktemp("put_back")
    folder, before, after = (path / name for name in ("acme", "before", "after"))
    write_folder(folder, [source("one", path="one-*.csv"), source("two", path="two.csv")])
    for wrong in ("", "wrong"):
        write_state(folder, wrong, "abc")
        finish(folder, before)
    write_state(folder, "", "bcd")
    shutil.copytree(before, after)
    answer, _ = child(folder, after, "any", 1_000_000).communicate()
    return folder, before, state(after), 1_000_000 - int(answer.split()[2])


@pytest.mark.parametrize("share", [*SHARES[::3], *(pytest.param(share, marks=SLOW) for share in SHARES[1::3])])
def test_killed_while_rows_are_put_back(
    tmp_path: Path, put_back: tuple[Path, Path, tuple[Any, ...], int], share: float
) -> None:
    folder, before, expected, calls = put_back
    assert {row[7] for row in expected[0]} == {"upsert", "restate"}
    home = Path(shutil.copytree(before, tmp_path / "home"))
    process = child(folder, home, "any", 1 + int(share * calls), "after")
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    finish(folder, home)
    assert state(home) == expected


def test_a_killed_run_leaves_the_home_unlocked_and_keeps_now(folder: Path, tmp_path: Path) -> None:
    """The lock goes with its holder, and the second call keeps the instant of the first."""
    acme = tmp_path / "acme"
    write_folder(acme, [source("one", path="one.csv")], as_of="now")
    (acme / "one.csv").write_text(csv_text([("1", "2024-01-01", "x")]))
    process = child(acme, tmp_path / "home", "rename", 1, "before")
    process.communicate()
    killed_at = json.loads((tmp_path / "home" / "landing" / "run.json").read_text())["as_of"]
    again = child(acme, tmp_path / "home")
    answer, _ = again.communicate()
    assert answer.split()[1] == killed_at
