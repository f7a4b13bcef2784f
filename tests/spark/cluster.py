"""A standalone Spark cluster on loopback: a master and two workers, from the scripts of the pyspark package."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

WORKERS = 2
SECONDS = 90
MASTER = "org.apache.spark.deploy.master.Master"
WORKER = "org.apache.spark.deploy.worker.Worker"


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """The master's address while both workers are registered; everything is stopped at the end.

    folder: where logs and the workers' scratch space go. Raises TimeoutError with the master's log.
    """
    port, ui_port = _free_port(), _free_port()
    address = f"spark://127.0.0.1:{port}"
    log = folder / "master.log"
    with ExitStack() as stack:
        stack.enter_context(_process(log, MASTER, "--port", str(port), "--webui-port", str(ui_port)))
        _wait_for(log, "I have been elected leader", 1)
        for number in range(WORKERS):
            work = folder / f"worker-{number}"
            arguments = ("--cores", "1", "--memory", "2g", "--work-dir", str(work), address)
            stack.enter_context(_process(folder / f"worker-{number}.log", WORKER, *arguments))
        _wait_for(log, "Registering worker", WORKERS)
        yield address


@contextmanager
def _process(log: Path, kind: str, *arguments: str) -> Iterator[None]:
    import pyspark

    script = Path(pyspark.__file__).parent / "bin" / "spark-class"
    log.parent.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_DIRS": str(log.parent / "scratch")}
    with log.open("w") as output:
        process = subprocess.Popen(
            [str(script), kind, "--host", "127.0.0.1", *arguments], stdout=output, stderr=output, env=environment
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(log: Path, text: str, times: int) -> None:
    for _ in range(SECONDS * 10):
        if log.read_text().count(text) >= times:
            return
        time.sleep(0.1)
    raise TimeoutError(f"{text!r} did not come {times} times within {SECONDS} s:\n{log.read_text()}")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
