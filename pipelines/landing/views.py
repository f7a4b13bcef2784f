"""The landing zone in the warehouse's schema `landing`: a view per feed, the ledger, the run; and the random draws.

They show the organisation of the latest run. Belongs here: the views. Does not belong here: rules about rows.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import duckdb

from pipelines.errors import UserError
from pipelines.extract.feeds import Feed, load_feeds
from pipelines.extract.session import name, quote
from pipelines.landing import ledger, run
from pipelines.landing.draws import draws
from pipelines.landing.ledger import BatchInfo
from pipelines.organisation import RESERVED_SOURCE, Organisation
from pipelines.settings import Settings

SCHEMA = "landing"
OWN_COLUMNS = {
    "_source": "varchar",
    "_batch_id": "varchar",
    "_file": "varchar",
    "_row": "bigint",
    "_op": "varchar",
}


def register(con: duckdb.DuckDBPyConnection, settings: Settings, feeds: Mapping[str, Feed] | None = None) -> None:
    """Makes or replaces the views of every declared feed (empty if nothing was landed), `ledger`, `run`; table `draws`.

    Raises UserError if nothing was ever landed in this home.
    """
    content = latest_run(settings)
    batches = ledger.read(settings, content["organisation"])
    con.execute(f"create schema if not exists {SCHEMA}")
    for feed in (feeds or load_feeds()).values():
        landed = [info for info in batches if info.feed == feed.name and info.rows]
        con.execute(f"create or replace view {SCHEMA}.{name(feed.name)} as {_feed(feed, landed)}")
    con.execute(f"create or replace view {SCHEMA}.ledger as {_ledger(batches)}")
    con.execute(f"create or replace view {SCHEMA}.run as {_run(content)}")
    con.register("random_draws", draws())
    con.execute(f"create or replace table {SCHEMA}.draws as from random_draws")
    con.unregister("random_draws")


def latest_run(settings: Settings) -> dict[str, Any]:
    """What `run.json` says: organisation, time zone, as_of. Raises UserError if nothing was ever landed here."""
    content = run.read(settings)
    if content is None:
        raise UserError(f"{settings.landing_dir}: nothing was landed here yet; run the landing first")
    return content


def undeclared(batches: Sequence[BatchInfo], organisation: Organisation) -> dict[str, int]:
    """Sources with landed rows of a feed under which the folder no longer declares them: how many rows.

    Their views stay; dbt gives every such row the fate not_applicable, unless as_of is of when it was declared.
    """
    declared = {(source.name, source.feed) for source in organisation.sources}
    kept: dict[str, int] = {}
    for info in batches:
        if info.rows and info.source != RESERVED_SOURCE and (info.source, info.feed) not in declared:
            kept[info.source] = kept.get(info.source, 0) + info.rows
    return kept


def _feed(feed: Feed, landed: Sequence[BatchInfo]) -> str:
    known = {column for info in landed for column in info.columns}
    columns = [_column(column, "varchar", column in known) for column in feed.columns]
    own = [_column(column, kind, bool(landed)) for column, kind in OWN_COLUMNS.items()]
    selected = ", ".join([*columns, *own])
    if not landed:
        return f"select {selected} where false"
    paths = ", ".join(quote(str(info.rows_path)) for info in landed)
    is_uniform = len({info.columns for info in landed}) == 1
    options = "" if is_uniform else ", union_by_name = true"
    return f"select {selected} from read_parquet([{paths}]{options})"


def _column(column: str, kind: str, is_there: bool) -> str:
    return name(column) if is_there else f"cast(null as {kind}) as {name(column)}"


def _ledger(batches: Sequence[BatchInfo]) -> str:
    columns = (
        "batch_id varchar, batch_number bigint, source varchar, feed varchar, file varchar, rows bigint, "
        "sha256 varchar, extracted_at timestamp"
    )
    casts = ", ".join(
        f"cast({field.split()[0]} as {field.split()[1]}) as {field.split()[0]}" for field in columns.split(", ")
    )
    names = ", ".join(field.split()[0] for field in columns.split(", "))
    empty = ", ".join("null" for _ in columns.split(", "))
    rows = ", ".join(_ledger_row(info) for info in batches)
    values = f"values {rows}" if rows else f"select {empty} where false"
    return f"select {casts} from ({values}) as batch({names})"


def _ledger_row(info: BatchInfo) -> str:
    texts = [quote(text) for text in (info.source, info.feed, info.file)]
    return (
        f"({quote(info.batch_id)}, {info.batch_number}, {', '.join(texts)}, {info.rows}, "
        f"{quote(info.sha256)}, {_timestamp(info.extracted_at)})"
    )


def _run(content: Mapping[str, Any]) -> str:
    texts = ", ".join(f"{quote(content[column])} as {column}" for column in ("organisation", "title", "time_zone"))
    return f"select {texts}, {_timestamp(datetime.fromisoformat(content['as_of']))} as as_of"


def _timestamp(instant: datetime) -> str:
    return f"timestamp {quote(instant.astimezone(UTC).strftime('%Y-%m-%d %H:%M:%S.%f'))}"
