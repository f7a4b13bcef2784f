"""Dagster's event log with its connections kept open: what the command line runs with.

Dagster's own SQLite log opens and closes a database for every event, and a run has some eight hundred: a quarter of
its time. Same files and tables, so `dagster dev` shows these runs with Dagster's own class.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.instance import InstanceRef
from dagster._core.storage.event_log.sqlite import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

_KEPT = 2  # the index of all runs, and the log of one


class KeptEventLog(SqliteEventLogStorage):
    """One connection for each of the databases in use, instead of one for each statement."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._engines: dict[str, Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> "KeptEventLog":
        """As Dagster makes it from `event_log_storage` of an instance's configuration."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock, self._engine(shard).begin() as connection:
            yield connection

    def _engine(self, shard: str) -> Engine:
        if shard not in self._engines:
            while len(self._engines) >= _KEPT:
                self._engines.pop(list(self._engines)[-1]).dispose()
            self._engines[shard] = _open(self.conn_string_for_shard(shard))
            self._initdb(self._engines[shard])
        return self._engines[shard]

    def dispose(self) -> None:
        """Close what is open."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()


def instance(home: Path) -> dg.DagsterInstance:
    """The instance that `home` configures, with this event log in the place where Dagster keeps its own."""
    storage = {
        "module": __name__,
        "class": KeptEventLog.__name__,
        "config": {"base_dir": str(home / "history" / "runs")},
    }
    return dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(home), overrides={"event_log_storage": storage}))


def _open(url: str) -> Engine:
    engine = create_engine(
        url,
        poolclass=StaticPool,
        connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _write_ahead)
    return engine


def _write_ahead(connection: sqlite3.Connection, _: Any) -> None:
    """With a write-ahead log this is safe against corruption, and does not wait for the disk at every event."""
    connection.execute("pragma synchronous = normal")
