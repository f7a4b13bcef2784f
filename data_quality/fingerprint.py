"""The fingerprint of rows: what was audited is what is published, or nothing is.

Belongs here: which tables are published, and a print of each that does not depend on the order of rows but does
depend on every value, column, type and duplicate.
Does not belong here: hashes of files (pipelines/publish/manifest.py).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from data_quality.connection import LANDED, WAREHOUSE

PUBLISHED_SCHEMAS = (
    "core",
    "reliability",
    "delivery",
    "automation",
    "toil",
    "learning",
    "outcomes",
    "scorecard",
)
WITHHELD = ("toil.fct_toil_entries", "toil.fct_incident_responses")
"""Facts that are one row a piece of somebody's working time: less than what a cell needs to be shown (D124)."""
RELEASE_COLUMN = "release_id"


@dataclass(frozen=True, slots=True)
class TablePrint:
    """Rows of a table, and 64 hexadecimal digits over its columns and rows."""

    rows: int
    digest: str


def published_tables(con: duckdb.DuckDBPyConnection, catalogue: str = WAREHOUSE) -> list[str]:
    """`schema.table` of everything that a release holds, in alphabetical order.

    The marts' `metric_*` models are workings between facts and cells, a row per event and metric: they stay behind. So
    do WITHHELD, rows of what people did.
    """
    found = con.execute(
        "select table_schema || '.' || table_name from information_schema.tables "
        "where table_catalog = ? and list_contains(?, table_schema) "
        "and (table_schema = 'scorecard' or not starts_with(table_name, 'metric_')) "
        "and not list_contains(?, table_schema || '.' || table_name) order by 1",
        [catalogue, list(PUBLISHED_SCHEMAS), list(WITHHELD)],
    ).fetchall()
    return [name for (name,) in found]


def columns_of(con: duckdb.DuckDBPyConnection, relation: str) -> list[tuple[str, str]]:
    """(name, type) of every column of a table or query in brackets, in order."""
    return [(str(row[0]), str(row[1])) for row in con.execute(f"describe select * from {relation}").fetchall()]


def print_of(con: duckdb.DuckDBPyConnection, relation: str) -> TablePrint:
    """Print of a table or of a query in brackets; the release's own column is left out.

    Count, sum and exclusive-or of a 64-bit hash over whole rows: the sum sees a row that comes twice, and neither
    depends on order, threads or memory. One scan: about 8 million rows a second and core.
    """
    columns = [(name, kind) for name, kind in columns_of(con, relation) if name != RELEASE_COLUMN]
    row_hash = f"hash({', '.join(quote(name) for name, _ in columns)})"
    found = con.execute(
        f"select count(*), coalesce(sum({row_hash}), 0), coalesce(bit_xor({row_hash}), 0) from {relation}"
    )
    count, total, mixed = found.fetchone() or (0, 0, 0)
    body = repr((columns, int(count), int(total), int(mixed)))
    return TablePrint(int(count), hashlib.sha256(body.encode()).hexdigest())


def prints(con: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> dict[str, TablePrint]:
    """Print of every table named."""
    return {table: print_of(con, table) for table in tables}


def combined(table_prints: Mapping[str, TablePrint], *more: str) -> str:
    """One fingerprint of many tables, and of what else belongs to it."""
    body = [f"{name} {found.rows} {found.digest}" for name, found in sorted(table_prints.items())]
    return hashlib.sha256("\n".join([*body, *more]).encode()).hexdigest()


def of_warehouse(con: duckdb.DuckDBPyConnection) -> str:
    """Fingerprint of every row that would be published from the warehouse."""
    return combined(prints(con, published_tables(con)))


def of_landing(con: duckdb.DuckDBPyConnection) -> str:
    """Fingerprint of what is landed: the batches with their checksums, and the run's instant."""
    ledger = con.execute(f"select batch_id, source, rows, sha256 from {LANDED}.ledger order by all").fetchall()
    run = con.execute(f"select organisation, time_zone, as_of from {LANDED}.run").fetchall()
    return hashlib.sha256(repr((ledger, run)).encode()).hexdigest()


def quote(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
