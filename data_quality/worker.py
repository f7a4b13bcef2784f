"""The process in which Great Expectations runs.

Belongs here: starting it early, talking to it, ending it.
Does not belong here: any expectation (suites/), or Great Expectations itself (expectations.py).

Why a process: importing Great Expectations costs seconds of CPU. Started first, it imports while the pipeline lands
and builds. It reads requests from its standard input, and so ends by itself when this process dies, however it dies.
"""

import atexit
import os
import pickle
import struct
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, Any

from pipelines.errors import ScorecardError

_HEADER = struct.Struct(">Q")
_OFF = {
    "GX_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PYTHONUNBUFFERED": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}


def send(stream: IO[bytes], message: object) -> None:
    """Write one message with its length in front."""
    body = pickle.dumps(message)
    stream.write(_HEADER.pack(len(body)))
    stream.write(body)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read one message. Raises EOFError when the other side has gone."""
    head = stream.read(_HEADER.size)
    if len(head) < _HEADER.size:
        raise EOFError
    (length,) = _HEADER.unpack(head)
    body = stream.read(length)
    if len(body) < length:
        raise EOFError
    return pickle.loads(body)


class Worker:
    """One process for expectations: `ask` takes a request of expectations.py and gives its answer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None

    def start(self) -> None:
        """Start the process, if it is not running; returns at once, while it imports."""
        with self._lock:
            self._start()

    def _start(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        packages = str(Path(__file__).resolve().parent.parent)
        path = os.pathsep.join(filter(None, [packages, os.environ.get("PYTHONPATH")]))
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._process = subprocess.Popen(
            [sys.executable, "-m", "data_quality.expectations"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            cwd=tempfile.gettempdir(),
            env={**os.environ, **_OFF, "PYTHONPATH": path},
        )

    def ask(self, request: object) -> Any:
        """Send a request and wait for the answer. Raises ScorecardError with what the process said when it died."""
        with self._lock:
            self._start()
            process = self._process
            assert process is not None and process.stdin is not None and process.stdout is not None
            try:
                send(process.stdin, request)
                return receive(process.stdout)
            except (EOFError, OSError) as error:
                process.wait()
                raise ScorecardError(
                    f"the process of the audit ended before it answered: {self._last_words()}"
                ) from error

    def _last_words(self) -> str:
        if self._log is None:
            return ""
        self._log.seek(0)
        return self._log.read()[-2000:].decode("utf-8", "replace").strip()

    def close(self) -> None:
        """End the process."""
        with self._lock:
            process, self._process = self._process, None
            if process is None:
                return
            if process.stdin is not None:
                process.stdin.close()
            if process.stdout is not None:
                process.stdout.close()
            process.terminate()
            process.wait()
            if self._log is not None:
                self._log.close()


WORKER = Worker()
atexit.register(WORKER.close)
