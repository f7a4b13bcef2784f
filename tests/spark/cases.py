"""What a table of cases is: inputs and the value that a macro must give for them, stated by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tests.spark.engines import Query, each


@dataclass(frozen=True)
class Cases:
    """`rows` are inputs in the order of `columns` (name: type), and at last the expected value, of `type`.

    Without a `query` the macro is applied to the columns. With `several`, a macro that gives rows, the expected value
    is the list of what they hold.
    """

    macro: str
    columns: Mapping[str, str]
    type: str
    rows: Sequence[tuple[Any, ...]]
    query: Query | None = None
    several: bool = False

    @property
    def inputs(self) -> list[tuple[Any, ...]]:
        return [row[:-1] for row in self.rows]

    @property
    def expected(self) -> dict[int, list[Any]]:
        """By case number; a case that gives no row is not in it."""
        listed = {i: list(row[-1]) if self.several else [row[-1]] for i, row in enumerate(self.rows)}
        return {i: sorted(values, key=repr) for i, values in listed.items() if values}

    def sql(self) -> Query:
        return self.query or each(self.macro, *self.columns)


def at(text: str) -> datetime:
    """A naive timestamp: an instant in UTC, or a wall clock."""
    return datetime.fromisoformat(text)


def day(text: str) -> date:
    return date.fromisoformat(text)
