"""Wall time and peak memory of a command as a whole process, by the operating system's own accounting."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Figure:
    """Seconds of wall time, MiB of peak memory of the largest process, and what the command printed."""

    seconds: float
    mib: float
    output: str


def measure(arguments: Sequence[str], **environment: str) -> Figure:
    """Run `python <arguments>` once; raises CalledProcessError when it fails."""
    probe = (
        "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:]);"
        "print('PEAK', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(done.returncode)"
    )
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", probe, sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )
    seconds = time.monotonic() - started
    if done.returncode != 0:
        sys.stderr.write(done.stdout + done.stderr)
        raise subprocess.CalledProcessError(done.returncode, arguments)
    peak = int(done.stdout.rpartition("PEAK ")[2])
    return Figure(seconds, peak / 1024 / (1024 if sys.platform == "darwin" else 1), done.stdout)
