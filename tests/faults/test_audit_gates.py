"""Publication under fire: killed at any instant, read while it happens, asked for without an audit."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from data_quality import gates
from pipelines.errors import AuditRefused
from pipelines.organisation import Organisation
from pipelines.publish import release, releases
from pipelines.settings import Settings
from tests import scratch_warehouse
from tests.support import ROOT, tables

Home = tuple[Organisation, Settings]
KILLS = 12
PUBLISH = """
import sys
from pathlib import Path
from pipelines.publish import page, release, tables, manifest, releases
from pipelines.settings import Settings

class Named:
    name, title = "scratch", "Scratch & Sons"

print("ready", flush=True)
release.publish(Settings(home=Path(sys.argv[1]), threads=2), Named())
print("done", flush=True)
"""


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """One release, and behind it a warehouse that has changed and passed its audit, but is not published."""
    organisation, settings = scratch_warehouse.build(tmp_path_factory.mktemp("gates"))
    assert gates.audit_landing(settings).passed
    assert gates.audit_scorecard(settings, None).passed
    former = release.publish(settings, organisation)
    scratch_warehouse.change(settings, "update scorecard.metric_catalogue set definition = 'better said'")
    assert gates.audit_scorecard(settings, former.path).passed
    return organisation, settings


@pytest.fixture
def home(audited: Home, tmp_path: Path) -> Iterator[Home]:
    shutil.copytree(audited[1].home, tmp_path / "home", symlinks=True)
    yield audited[0], Settings(home=tmp_path / "home", threads=2)


def _start(settings: Settings) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PUBLISH, str(settings.home)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def _readable(settings: Settings) -> str:
    """The release that a reader finds now, whole: its id, after verifying every hash of it."""
    folder = releases.current(settings)
    assert folder is not None, "a reader found no release"
    assert releases.problems(folder) == ()
    return folder.name


def test_kill_at_any_instant_leaves_the_old_or_the_new_release(audited: Home, tmp_path: Path) -> None:
    """kill -9 at seeded instants over a publication; after each, a reader finds a whole release; a rerun completes."""
    organisation, clean = audited
    shutil.copytree(clean.home, tmp_path / "whole", symlinks=True)
    whole = Settings(home=tmp_path / "whole", threads=2)
    former = _readable(whole)
    process = _start(whole)
    assert process.stdout is not None
    process.stdout.readline()
    began = time.monotonic()
    process.wait()
    took = time.monotonic() - began
    wanted = _readable(whole)
    assert wanted != former
    generator, outcomes = random.Random(20261123), set()
    for number in range(KILLS):
        shutil.copytree(clean.home, tmp_path / str(number), symlinks=True)
        settings = Settings(home=tmp_path / str(number), threads=2)
        process = _start(settings)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(generator.uniform(0, took))
        process.send_signal(signal.SIGKILL)
        process.wait()
        outcomes.add(_readable(settings))
        assert release.publish(settings, organisation).release_id == wanted
        assert _readable(settings) == wanted
        assert tables(settings.releases_dir / wanted) == tables(whole.releases_dir / wanted)
        assert not list(settings.releases_dir.glob(".*"))
        shutil.rmtree(settings.home)
    assert outcomes <= {former, wanted}


@pytest.mark.parametrize("step", ["write", "page", "manifest", "rename", "switch"])
def test_kill_inside_each_step(home: Home, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same at the exact places: within the build, before and after the rename, before the switch."""
    organisation, settings = home
    former = _readable(settings)
    monkeypatch.setenv("SCORECARD_TEST_STEP", step)
    code = PUBLISH.replace(
        'print("ready", flush=True)',
        """
import os
def die(*_, **__):
    os.kill(os.getpid(), 9)
step = os.environ["SCORECARD_TEST_STEP"]
target, name = {
    "write": (tables, "_write_table"), "page": (page, "write"), "manifest": (manifest.Manifest, "write"),
    "rename": (Path, "rename"), "switch": (release, "switch"),
}[step]
setattr(target, name, die)
""",
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(settings.home)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert _readable(settings) == former
    info = release.publish(settings, organisation)
    assert _readable(settings) == info.release_id != former
    assert not list(settings.releases_dir.glob(".*"))


def test_a_reader_never_finds_a_mixture(home: Home) -> None:
    """Read through `current` all the while it is switched back and forth: every table read has one release_id."""
    organisation, settings = home
    first = _readable(settings)
    second = release.publish(settings, organisation).release_id
    stop, seen = threading.Event(), set()

    def read() -> None:
        while not stop.is_set():
            folder = (settings.releases_dir / "current").resolve()
            ids = duckdb.execute(
                f"select release_id from read_parquet('{folder}/tables/scorecard.metric_values.parquet') group by 1 "
                f"union select release_id from read_parquet('{folder}/tables/scorecard.quality.parquet') group by 1"
            ).fetchall()
            assert len(ids) == 1
            seen.add(ids[0][0])

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(10):
        releases.rollback(settings, first)
        releases.rollback(settings, second)
    stop.set()
    reader.join()
    assert seen == {first, second}


@pytest.mark.parametrize(
    ("plant", "check"),
    [
        ("delete from delivery.fct_deployments where deployment_id = 'D-0042'", "staged_records_reach_facts"),
        (
            "update scorecard.metric_values set numerator = denominator + 1 where metric_id = 'change_fail_rate'",
            "numerator_within",
        ),
        ("insert into scorecard.metric_values from scorecard.metric_values limit 1", "metric_values_key"),
    ],
)
def test_a_planted_fault_stops_publication_and_the_former_release_stands(home: Home, plant: str, check: str) -> None:
    organisation, settings = home
    former = _readable(settings)
    scratch_warehouse.change(settings, plant)
    report = gates.audit_scorecard(settings, releases.current(settings))
    assert check in {one.name for one in report.checks if not one.passed}
    with pytest.raises(AuditRefused) as refused:
        release.publish(settings, organisation)
    assert refused.value.exit_status == 3
    assert any(reason.startswith(f"{check}: expected: ") for reason in refused.value.reasons)
    assert _readable(settings) == former


def test_an_audit_that_was_killed_is_no_audit(home: Home) -> None:
    """A new audit forgets the old verdict before it looks: killed halfway, nothing can be published."""
    organisation, settings = home
    code = """
import os, sys
from pathlib import Path
from data_quality import gates
from pipelines.settings import Settings
gates.judge = lambda *_: os.kill(os.getpid(), 9)
gates.audit_scorecard(Settings(home=Path(sys.argv[1])), None)
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code, str(settings.home)], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    with pytest.raises(AuditRefused, match="have not been audited"):
        release.publish(settings, organisation)
