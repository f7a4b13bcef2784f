"""A table of numpy columns: what the simulator holds of a record kind.

Belongs here: selecting, sorting and joining columns. Does not belong here: the meaning of any column.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
NONE = -1
"""Unknown, in every integer column."""


class Table:
    """Named columns of equal length. Columns may be replaced; rows are only ever selected or appended."""

    def __init__(self, columns: Mapping[str, Array]) -> None:
        self.columns: dict[str, Array] = dict(columns)
        lengths = {len(column) for column in self.columns.values()}
        assert len(lengths) <= 1, {name: len(column) for name, column in self.columns.items()}

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def __getitem__(self, name: str) -> Array:
        return self.columns[name]

    def __setitem__(self, name: str, column: Array) -> None:
        assert len(column) == len(self), (name, len(column), len(self))
        self.columns[name] = column

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def copy(self) -> Table:
        """The same rows; a column replaced in one stays as it was in the other. None is changed in place."""
        return Table(self.columns)

    def compact(self) -> Table:
        """The same values, the small ones in half the memory; instants keep their width, as they are added to."""
        return Table({name: _narrow(name, column) for name, column in self.columns.items()})

    def reorder(self, rows: Array) -> None:
        """As `take`, of this table itself: a column at a time, so that it is not held twice."""
        for name in self.columns:
            self.columns[name] = self.columns[name][rows]

    def take(self, rows: Array) -> Table:
        """The rows of a mask or of positions, in that order."""
        return Table({name: column[rows] for name, column in self.columns.items()})

    def having(self, **columns: Array) -> Table:
        """The same table with these columns added or replaced."""
        return Table({**self.columns, **columns})

    def only(self, names: Iterable[str]) -> Table:
        """Some of the columns."""
        return Table({name: self.columns[name] for name in names})

    def ordered(self, *names: str) -> Table:
        """Rows sorted by these columns, the first one foremost; equal rows keep their order."""
        return self.take(np.lexsort([self.columns[name] for name in reversed(names)]))

    @staticmethod
    def joined(tables: Sequence[Table]) -> Table:
        """The rows of all; a column that one lacks is unknown in its rows."""
        names = list(dict.fromkeys(name for table in tables for name in table))
        return Table({name: np.concatenate([_column(table, name, tables) for table in tables]) for name in names})


def _column(table: Table, name: str, tables: Sequence[Table]) -> Array:
    if name in table:
        return table[name]
    kind = next(other[name].dtype for other in tables if name in other)
    return np.full(len(table), np.nan if kind.kind == "f" else NONE, dtype=kind)


def _narrow(name: str, column: Array) -> Array:
    is_instant = name.endswith(("_at", "_from", "_to", "_instant"))
    fits = column.dtype == np.int64 and not is_instant and (not len(column) or int(np.abs(column).max()) < 2**30)
    return column.astype(np.int32) if fits else column


def numbered(rows: int, start: int = 0) -> Ints:
    """start, start + 1, …"""
    return np.arange(start, start + rows, dtype=np.int64)


def unknown(rows: int) -> Ints:
    """A column of nothing."""
    return np.full(rows, NONE, dtype=np.int64)


def positions_of(keys: Ints, wanted: Ints) -> Ints:
    """Where each of `wanted` is in `keys` (which hold every value once); NONE where it is not."""
    order = np.argsort(keys, kind="stable")
    if not len(keys):
        return unknown(len(wanted))
    found = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
    at: Ints = order[found]
    return np.where(keys[at] == wanted, at, NONE).astype(np.int64)
