"""`python probe.py WATCHED... -- COMMAND...`: runs a command, and says at the end what it and its processes used.

Belongs here: the operating system's accounting, and samples of it. Imports nothing of the project: it is measured too.
The last line on its standard output is `PROBE` and a JSON object: `seconds` of wall time, `cpu` seconds (user and
system) of all processes, `peak` bytes of the largest process, `together` bytes of all processes at one instant (pages
that they share count for each), `watched` bytes at most in the watched folders together, and `lines`: what the command
said on its standard error, each line with wall and CPU seconds until then.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

EVERY = 0.25  # seconds between two samples
_ADOPT_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER of prctl
_SESSION, _USER, _RSS = 3, 11, 21  # fields of /proc/<pid>/stat after the name in brackets


class Samples:
    """What the processes of one session use, looked at every now and then; empty where there is no /proc."""

    def __init__(self, session: int, watched: list[Path]) -> None:
        self.session, self.watched = session, watched
        self.together = self.most_watched = 0

    def take(self) -> None:
        """One look at memory and folders."""
        pages = sum(int(stat[_RSS]) for stat in self._stats())
        self.together = max(self.together, pages * resource.getpagesize())
        self.most_watched = max(self.most_watched, sum(map(_size, self.watched)))

    def cpu(self) -> float:
        """CPU seconds until now of the processes that live, and of those that they have outlived."""
        ticks = sum(int(field) for stat in self._stats() for field in stat[_USER : _USER + 4])
        return ticks / os.sysconf("SC_CLK_TCK")

    def _stats(self) -> list[list[str]]:
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                stat = (folder / "stat").read_text().rpartition(") ")[2].split()
                if int(stat[_SESSION]) == self.session:
                    found.append(stat)
        return found


def _size(folder: Path) -> int:
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += Path(path, name).stat().st_blocks * 512
    return total


def run(watched: list[Path], command: list[str]) -> int:
    """Runs and measures; returns the command's exit status."""
    if sys.platform == "linux":  # a process whose parent ends becomes ours, and so is counted
        ctypes.CDLL(None).prctl(_ADOPT_ORPHANS, 1, 0, 0, 0)
    started = time.monotonic()
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    samples, over, lines = Samples(process.pid, watched), threading.Event(), []

    def sample() -> None:
        while not over.wait(EVERY):
            samples.take()

    def listen(stream: IO[str]) -> None:
        for line in stream:
            sys.stderr.write(line)
            lines.append([round(time.monotonic() - started, 2), round(samples.cpu(), 2), line.rstrip("\n")])

    assert process.stderr is not None
    threads = [threading.Thread(target=sample), threading.Thread(target=listen, args=(process.stderr,), daemon=True)]
    for thread in threads:
        thread.start()
    try:
        status = process.wait()
        _wait_for_orphans()
    finally:
        over.set()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    threads[1].join(timeout=5)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = {
        "seconds": time.monotonic() - started,
        "cpu": used.ru_utime + used.ru_stime,
        "peak": used.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        "together": samples.together,
        "watched": samples.most_watched,
        "lines": lines,
    }
    print("PROBE", json.dumps(result), flush=True)
    return status


def _wait_for_orphans() -> None:
    """Ends when no process is left: one that was not waited for is in no account."""
    with suppress(ChildProcessError):
        while True:
            os.wait()


if __name__ == "__main__":
    border = sys.argv.index("--")
    sys.exit(run([Path(folder) for folder in sys.argv[1:border]], sys.argv[border + 1 :]))
