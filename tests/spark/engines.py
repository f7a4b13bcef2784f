"""The same macro on the same rows on DuckDB and on Spark: one query, values and their type.

Belongs here: how rows get into an engine and how values come out alike. Does not belong here: any expected value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from tests.unit.macros import Macros, connection

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

CASES = "cases"
NUMBER = "case_number"
Rows = Sequence[Sequence[Any]]
Query = Callable[[Macros], str]


@dataclass(frozen=True)
class Answer:
    """Values by case number, more than one where a case gives several rows; and the one type of them all."""

    type: str
    values: dict[int, list[Any]]


class Engine(Protocol):
    """Runs `query` over a table `cases` of `case_number` and `columns` (name: type); gives case_number and value."""

    name: str

    def answer(self, columns: dict[str, str], rows: Rows, query: Query) -> Answer: ...


class DuckDb:
    """An empty database in memory."""

    name = "duckdb"

    def __init__(self) -> None:
        self._macros = Macros(self.name)

    def answer(self, columns: dict[str, str], rows: Rows, query: Query) -> Answer:
        con = connection()
        con.execute(f"create table {CASES} ({NUMBER} bigint, {_schema(columns)})")
        places = ", ".join("?" * (len(columns) + 1))
        con.executemany(f"insert into {CASES} values ({places})", [[i, *row] for i, row in enumerate(rows)])
        result = con.sql(query(self._macros))
        type_name = str(result.types[1]).lower().replace("varchar", "string")
        return Answer(type_name, _by_case(result.fetchall()))


class Spark:
    """The session of the tests."""

    name = "spark"

    def __init__(self, session: SparkSession) -> None:
        self._session = session
        self._macros = Macros(self.name)

    def answer(self, columns: dict[str, str], rows: Rows, query: Query) -> Answer:
        schema = f"{NUMBER} bigint, {_schema(columns).replace('timestamp', 'timestamp_ntz')}"
        given = [(i, *row) for i, row in enumerate(rows)]
        self._session.createDataFrame(given, schema).createOrReplaceTempView(CASES)
        result = self._session.sql(query(self._macros))
        type_name = _plain_type(result.dtypes[1][1])
        return Answer(type_name, _by_case([tuple(map(_plain, row)) for row in result.collect()]))


def each(macro: str, *arguments: str) -> Query:
    """The query that applies a macro to the columns of every case."""
    return lambda macros: f"select {NUMBER}, {macros(macro, *arguments)} as value from {CASES}"


def _schema(columns: dict[str, str]) -> str:
    return ", ".join(f"{name} {type_name}" for name, type_name in columns.items())


def _plain_type(name: str) -> str:
    """Spark's instant with a zone keeps its name, which no expectation has: here it would be a mistake."""
    return {"timestamp_ntz": "timestamp", "timestamp": "timestamp with time zone"}.get(name, name)


def _plain(value: Any) -> Any:
    return value.asDict(recursive=True) if hasattr(value, "asDict") else value


def _by_case(rows: Sequence[tuple[Any, ...]]) -> dict[int, list[Any]]:
    values: dict[int, list[Any]] = {}
    for number, value in rows:
        values.setdefault(number, []).append(value)
    return {number: sorted(found, key=repr) for number, found in sorted(values.items())}
