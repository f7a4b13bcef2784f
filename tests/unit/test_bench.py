"""The bench's own instruments: figures are printed and not asserted, so what measures them is tested here."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bench.dbt_part import models_in
from tests.bench.growth import Engine, _parts_at, _Point, _steep_parts
from tests.bench.measure import Figure, measure, shown_slope, slope
from tests.bench.samples import SELECTED

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="samples are taken from /proc")
BURN = "import time\nwhile time.process_time() < 0.5: pass"
# Starts a process that burns CPU and outlives its parent, which does not wait for it.
LEAVE_AN_ORPHAN = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {BURN!r}])"
HOLD = "import sys, time; b = bytearray(int(sys.argv[1]) << 20); time.sleep(1)"
HOLD_TWICE = (
    f"import subprocess, sys; command = [sys.executable, '-c', {HOLD!r}, '100'];"
    "[process.wait() for process in [subprocess.Popen(command) for _ in 'ab']]"
)


@pytest.mark.parametrize("code", [BURN, LEAVE_AN_ORPHAN])
@LINUX
def test_cpu_seconds_are_those_of_all_processes_orphans_too(code: str) -> None:
    figure = measure(["-c", code])
    assert 0.5 <= figure.cpu < 2
    assert figure.seconds >= 0.45


@LINUX
def test_memory_of_the_largest_process_and_of_all_at_once() -> None:
    figure = measure(["-c", HOLD_TWICE])
    assert 100 < figure.mib < 180
    assert 200 < figure.together_mib < 360


def test_the_most_bytes_that_ever_stood_in_watched_folders(tmp_path: Path) -> None:
    spill = tmp_path / "spill"
    code = (
        "import pathlib, sys, time; p = pathlib.Path(sys.argv[1]); p.mkdir(); f = p / 'x'; "
        "f.write_bytes(bytes(3 << 20)); time.sleep(1); f.unlink()"
    )
    figure = measure(["-c", code, str(spill)], [spill, tmp_path / "none"])
    assert (round(figure.watched_mib, 1), list(spill.iterdir())) == (3.0, [])


def test_steps_of_a_run_are_told_apart_by_what_it_says() -> None:
    code = (
        "import sys, time\n"
        "for line in ('x: reading', 'landed      3 rows', 'audited     landing: 16 of 16', 'released    r'):\n"
        "    time.sleep(0.2); print(line, file=sys.stderr, flush=True)"
    )
    steps = measure(["-c", code]).steps
    assert list(steps) == ["landing", "audit of landing", "release"]
    assert steps["landing"][0] >= 0.4 > steps["release"][0] >= 0.15


def test_a_command_that_fails_is_no_figure() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        measure(["-c", "raise SystemExit(3)"])


def test_slopes_are_powers_and_steep_ones_are_marked() -> None:
    assert slope((10, 5), (100, 50)) == pytest.approx(1)
    assert slope((10, 5), (20, 20)) == pytest.approx(2)
    assert shown_slope((1, 1), (10, 10)) == "1.00"
    assert shown_slope((1, 1), (10, 13)) == "1.11 (!)"
    assert shown_slope(None, (1, 1)) == ""


def _point(size: int, landing: float, dbt: float, **models: float) -> _Point:
    figure = Figure(1, 1, 1, 1, 1, "", {"landing": (1, landing), "dbt": (1, dbt)})
    return _Point(size, figure, None, models)


def test_what_grows_faster_than_its_input_is_named() -> None:
    points = [_point(10, 2, 2, a=2, b=0.1, c=3), _point(20, 2, 2), _point(40, 4, 8, a=30, b=50, c=11)]
    assert _steep_parts(points) == [
        "(!) dbt: 2.0 CPU s at 20, 8.0 at 40: slope 2.00",
        "(!) a: 2.0 CPU s at 10, 30.0 at 40: slope 1.95",
    ]
    assert _steep_parts([_point(10, 2, 2, a=2), _point(20, 4, 2, a=4)]) == [
        "no step of the run and no model grows by more than linearly"
    ]


def test_bare_duckdb_and_the_limit_are_measured_where_they_are_meant_to_be() -> None:
    every, embedded, other = {"growth", "dora", "memory"}, Engine("duckdb", (1,)), Engine("spark", (1,))
    assert _parts_at(10_000_000, every, embedded, False) == every
    assert _parts_at(3_000_000, every, embedded, False) == {"growth"}
    assert _parts_at(3_000_000, {"dora"}, embedded, True) == {"dora"}
    assert _parts_at(10_000_000, every, other, True) == {"growth"}


def test_a_home_that_has_run_is_built_whole_and_once_more_by_bare_sql(
    released: Callable[..., Path], tmp_path: Path
) -> None:
    """Tables that are built in parts, too: by what they read of themselves the bare SQL could not be run."""
    home = shutil.copytree(released("example").parents[1], tmp_path / "home", symlinks=True)
    built = measure(["-m", "tests.bench.dbt_part", str(home), "--select", SELECTED, "--full-refresh"])
    bare = measure(["-m", "tests.bench.dbt_part", str(home), "--bare"])
    assert models_in(built.output).keys() == models_in(bare.output).keys() >= {"fct_slo_hours", "int_sli_slots"}
