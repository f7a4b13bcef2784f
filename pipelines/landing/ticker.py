"""A line every few seconds while a long copy runs.

Belongs here: asking DuckDB how far it is. Does not belong here: what is copied.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import duckdb

SECONDS = 3.0


@contextmanager
def ticking(con: duckdb.DuckDBPyConnection, say: Callable[[str], None], what: str) -> Iterator[None]:
    """Says `<what>: 42 %` every few seconds, as long as DuckDB knows it."""
    done = Event()

    def tick() -> None:
        while not done.wait(SECONDS):
            share = con.query_progress()
            if 0 < share < 100:
                say(f"{what}: {share:.0f} %")

    thread = Thread(target=tick, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
