"""Small frames: what a large table comes down to before an expectation looks at it.

Belongs here: the shape of a frame, and how a query becomes one.
Does not belong here: any query (landing_frames.py, scorecard_frames.py, drift_frames.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

ROW = "_row"


@dataclass(frozen=True, slots=True)
class Frame:
    """Columns of equal length, with `_row` numbering the rows; `index` names a row to a reader of a message."""

    columns: Mapping[str, Sequence[object]]
    index: tuple[str, ...]

    @property
    def size(self) -> int:
        """Number of rows."""
        return len(self.columns[ROW])

    def row(self, number: int) -> dict[str, object]:
        """One row as column -> value."""
        return {name: values[number] for name, values in self.columns.items() if name != ROW}


def frame(con: duckdb.DuckDBPyConnection, sql: str, index: Sequence[str]) -> Frame:
    """The result of a query as a frame."""
    cursor = con.execute(sql)
    names = [column[0] for column in cursor.description or []]
    return from_rows(names, cursor.fetchall(), index)


def from_rows(names: Sequence[str], rows: Sequence[Sequence[object]], index: Sequence[str]) -> Frame:
    """Rows as a frame."""
    columns: dict[str, Sequence[object]] = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    columns[ROW] = list(range(len(rows)))
    return Frame(columns, tuple(index))
