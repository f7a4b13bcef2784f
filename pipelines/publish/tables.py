"""Writes the published tables of a release: a DuckDB file, and Parquet with the same rows in the same order.

Belongs here: order, compression, the release's own column, the checks added to `quality`.
Does not belong here: what is in the tables (dbt), hashes (manifest.py).

Bytes do not depend on threads or memory: rows are sorted once on their way into the DuckDB file, and the Parquet file
is copied from there in that order, in row groups of a fixed size. Memory is bounded: sorting spills to the disk.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from data_quality.connection import WAREHOUSE, quoted
from data_quality.fingerprint import (
    RELEASE_COLUMN,
    TablePrint,
    columns_of,
    combined,
    print_of,
    published_tables,
    quote,
)
from data_quality.report import Check
from data_quality.suites.expectation import DRIFT
from pipelines.publish.manifest import DATABASE, TABLES

Connection = duckdb.DuckDBPyConnection
QUALITY = "scorecard.quality"
QUALITY_WITH_CHECKS = "memory.main.quality_with_checks"
MEMORY_LIMIT = "3GB"
READABLE_SINCE = "v1.2.0"
ROW_GROUP = 122_880
_RELEASE = "release_file"
_PARQUET = f"format parquet, parquet_version v2, compression zstd, compression_level 1, row_group_size {ROW_GROUP}"

# A time first sorts fastest, and lets readers skip row groups. All other columns follow, so no order is left to chance.
_FIRST_IN_ORDER = {
    "delivery.fct_deployments": "deployed_at",
    "reliability.fct_incidents": "started_at",
    "reliability.fct_incident_events": "event_at",
    "reliability.fct_incident_services": "impact_started_at",
    "automation.fct_automation_runs": "started_at",
    "automation.fct_alerts": "fired_at",
    "automation.fct_alert_effects": "fired_at",
    "automation.fct_capacity_events": "happened_at",
    "reliability.fct_slo_hours": "hour_at",
    "reliability.fct_burn_windows": "began_at",
    "reliability.fct_burn_episodes": "started_at",
    "reliability.fct_slo_exclusions": "starts_at",
    "reliability.fct_latency_hours": "hour_at",
    "outcomes.fct_outcomes": "starts_at",
}


def prepare(con: Connection, checks: Sequence[Check]) -> None:
    """Make `quality` as it is published: the rows' fates from the warehouse, and the checks that were passed.

    Drift checks stay in the manifest alone: they depend on what was published before.
    """
    con.execute(f"create or replace table {QUALITY_WITH_CHECKS} as select * from {QUALITY}")
    for check in checks:
        if check.layer != DRIFT:
            con.execute(
                f"insert into {QUALITY_WITH_CHECKS} (section, kind, check_name, passed, observed) "
                "values ('check', ?, ?, ?, ?)",
                [check.layer, check.name, check.passed, check.observed],
            )


def relation(table: str) -> str:
    """Where the rows of a published table come from."""
    return QUALITY_WITH_CHECKS if table == QUALITY else f"{WAREHOUSE}.{table}"


def contents(con: Connection, audited: dict[str, TablePrint]) -> dict[str, TablePrint]:
    """Prints of the tables as they will be published, from those of the warehouse: only `quality` differs."""
    return {**audited, QUALITY: print_of(con, QUALITY_WITH_CHECKS)}


def content_id(prints: dict[str, TablePrint], as_of: str) -> str:
    """Twelve hexadecimal digits over all rows and the instant."""
    return combined(prints, as_of)[:12]


def write(con: Connection, folder: Path, release_id: str, memory_limit: str = MEMORY_LIMIT) -> None:
    """Write `scorecard.duckdb` and `tables/*.parquet` into an empty folder."""
    (folder / TABLES).mkdir()
    con.execute(f"set memory_limit = '{memory_limit}'")
    database = quoted(str(folder / DATABASE))
    con.execute(f"attach '{database}' as {_RELEASE} (storage_version '{READABLE_SINCE}')")
    for table in published_tables(con):
        _write_table(con, table, folder, release_id)
    con.execute(f"detach {_RELEASE}")


def _write_table(con: Connection, table: str, folder: Path, release_id: str) -> None:
    columns = [name for name, _ in columns_of(con, relation(table)) if name != RELEASE_COLUMN]
    first = _FIRST_IN_ORDER.get(table)
    order = [first, *columns] if first in columns else columns
    con.execute(f"create schema if not exists {_RELEASE}.{table.partition('.')[0]}")
    con.execute(f"""
        create table {_RELEASE}.{table} as
        select {", ".join(map(quote, columns))}, '{quoted(release_id)}' as {RELEASE_COLUMN}
        from {relation(table)}
        order by {", ".join(f"{quote(name)} nulls last" for name in order if name)}
    """)
    target = quoted(str(folder / TABLES / f"{table}.parquet"))
    con.execute(f"copy {_RELEASE}.{table} to '{target}' ({_PARQUET})")
