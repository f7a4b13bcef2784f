"""Looking into released tables: what the tests of the traps in real logs share.

Belongs here: queries over a release, and the raw logs' ways of writing times. Does not belong here: any trap.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

Released = Callable[..., Path]


def rows(release: Path, query: str) -> list[tuple[Any, ...]]:
    """The rows of `query` over the release's Parquet; `{core.dim_team}` names a published table."""

    def table(match: re.Match[str]) -> str:
        return f"read_parquet('{release / 'tables'}/{match.group(1)}.parquet')"

    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        return connection.execute(re.sub(r"\{([a-z_.]+)\}", table, query)).fetchall()


def one(release: Path, query: str) -> Any:
    """The only value of `query`."""
    ((value,),) = rows(release, query)
    return value


def utc(text: str) -> datetime:
    """An ISO instant with an offset as naive UTC, as the released tables hold it."""
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


def day_first(text: str) -> datetime:
    """29/2/2016 01:16 is the 29th of February."""
    return datetime.strptime(f"{text} +0000", "%d/%m/%Y %H:%M %z").replace(tzinfo=None)
