"""Wall time, CPU time, memory and spilled bytes of a command as a whole, by the operating system's own accounting."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MIB = 2**20
STEEP = 1.1  # a slope above this is marked: worse than linear by more than the noise


@dataclass(frozen=True)
class Figure:
    """What a command took: seconds of wall time, CPU seconds (user and system) of all its processes, MiB of its
    largest process, MiB of all processes at one instant, MiB in the watched folders, and what it printed.

    `steps` are (seconds, CPU seconds) of a run's steps; each ends with a line of its own on standard error.
    """

    seconds: float
    cpu: float
    mib: float
    together_mib: float
    watched_mib: float
    output: str
    steps: dict[str, tuple[float, float]]


def measure(arguments: Sequence[str], watched: Sequence[Path] = (), **environment: str) -> Figure:
    """Run `python <arguments>` once; raises CalledProcessError when it fails."""
    probe = [sys.executable, str(Path(__file__).with_name("probe.py"))]
    done = subprocess.run(
        [*probe, *map(str, watched), "--", sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )
    if done.returncode != 0:
        sys.stderr.write(done.stdout + done.stderr)
        raise subprocess.CalledProcessError(done.returncode, arguments)
    output, _, found = done.stdout.rpartition("PROBE ")
    used = json.loads(found)
    peak, together, spilled = (used[name] / MIB for name in ("peak", "together", "watched"))
    return Figure(used["seconds"], used["cpu"], peak, together, spilled, output, _steps(used["lines"]))


def _steps(lines: list[tuple[float, float, str]]) -> dict[str, tuple[float, float]]:
    """From the moments at which a run said something, how long each of its named steps took."""
    steps: dict[str, tuple[float, float]] = {}
    before = (0.0, 0.0)
    for seconds, cpu, line in lines:
        word = " ".join(line.partition(":")[0].split()[:2]) if line.startswith("audited") else line.partition(" ")[0]
        if word in STEPS:
            steps[STEPS[word]] = (seconds - before[0], cpu - before[1])
            before = (seconds, cpu)
    return steps


STEPS = {
    "landed": "landing",
    "audited landing": "audit of landing",
    "built": "dbt",
    "audited scorecard": "audit of scorecard",
    "released": "release",
}


def slope(less: tuple[float, float], more: tuple[float, float]) -> float:
    """Of two points (size, cost): the power of the size with which the cost grows; 1 is linear, 2 quadratic."""
    return math.log(more[1] / less[1]) / math.log(more[0] / less[0])


def shown_slope(less: tuple[float, float] | None, more: tuple[float, float]) -> str:
    """The slope as a cell of a table; a steep one is marked. The first size has none."""
    if less is None or min(less[1], more[1]) <= 0:
        return ""
    found = slope(less, more)
    return f"{found:.2f}" + (" (!)" if found > STEEP else "")
