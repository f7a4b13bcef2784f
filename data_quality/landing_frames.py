"""The landing door's frames: one row per source, per batch, per coverage; one SQL pass over each source's feed.

Belongs here: counting what is landed. Does not belong here: what is expected of the counts (suites/).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from data_quality.connection import LANDED, quoted
from data_quality.fingerprint import quote
from data_quality.frames import Frame, frame, from_rows
from data_quality.suites.landing import FEED_WORDS
from pipelines.extract.feeds import load_feeds
from pipelines.landing import ledger
from pipelines.settings import Settings

Connection = duckdb.DuckDBPyConnection
REGISTERS = ("teams", "services", "markets", "automations", "slos", "slo_exclusions")
"""Kinds that are valid over time: what is written there holds until it ends, so that silence is no sign of a stop."""
_SOURCE_COLUMNS = (
    "source", "feed", "cursor", "threshold", "rows", "required_null_rows", "cursor_unreadable_rows", "newest",
    "two_contents_rows", "unknown_word_rows", "unknown_words", "unknown_operations", "days_since_newest",
    "required_null_share", "cursor_unreadable_share", "two_contents_share", "unknown_word_share",
)  # fmt: skip
_DATE_FORMATS = {
    "day_first": ["%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y"],
    "month_first": ["%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y"],
}


@dataclass(frozen=True, slots=True)
class _Source:
    name: str
    feed: str
    cursor: str | None
    date_order: str | None
    threshold: float
    primary_key: tuple[str, ...]
    is_open: bool
    is_landed_often: bool


def landing_frames(con: Connection, settings: Settings, *, only_batches: bool = False) -> dict[str, Frame]:
    """Frames by name: sources, batches, coverage (or batches alone, which open no landed file)."""
    if only_batches:
        return {"batches": _batches(con, settings)}
    rows = [_source_row(con, source) for source in _stated_sources(con)]
    return {
        "sources": from_rows(_SOURCE_COLUMNS, rows, ("source", "feed")),
        "batches": _batches(con, settings),
        "coverage": _coverage(con),
    }


def newest_rows(feed: str, key: Sequence[str], *, with_deleted: bool = False) -> str:
    """Query in brackets: the newest state of a snapshot of the organisation folder; `with_deleted`, of what it no
    longer holds too."""
    return f"""(
        select landed.* exclude (recency) from (
            select feed.*, row_number() over (
                partition by {", ".join(f"feed.{column}" for column in key)}
                order by ledger.batch_number desc, feed._row desc
            ) as recency
            from {LANDED}.{feed} as feed
            inner join {LANDED}.ledger as ledger on feed._batch_id = ledger.batch_id
        ) as landed
        where recency = 1 and (_op = 'upsert' or {str(with_deleted).lower()})
    )"""


def _stated_sources(con: Connection) -> list[_Source]:
    found = con.execute(f"""
        select s.source, s.feed, s.cursor, s.date_order, coalesce(try_cast(s.quarantine_share as double), -1),
            exists (select 1 from {_coverage_rows()} as c where c.source = s.source and c.covers_to is null
                and split_part(c.kind, '.', 1) not in {REGISTERS}),
            (select count(*) > 1 from {LANDED}.ledger as l where l.source = s.source and l.feed = s.feed and l.rows > 0)
        from {newest_rows("organisation_sources", ["source"])} as s
        order by s.source
    """).fetchall()
    feeds = load_feeds()
    return [
        _Source(name, feed, cursor, order, threshold, feeds[feed].version_key, is_open, is_landed_often)
        for name, feed, cursor, order, threshold, is_open, is_landed_often in found
    ]


def _coverage_rows() -> str:
    return newest_rows("organisation_coverage", ["source", "kind", "service_id", "covers_from"])


def _source_row(con: Connection, source: _Source) -> tuple[object, ...]:
    shape = load_feeds().get(source.feed)
    if shape is None:
        counts: tuple[object, ...] = (0, 0, 0, None, 0, 0, None, 0, None)
    else:
        counts = (
            con.execute(_source_query(source, shape.columns, sorted(shape.required - shape.may_be_empty))).fetchone()
            or ()
        )
    rows, required, cursor, _, two_contents, words, *_ = counts
    days = counts[8] if source.is_open else None
    shares = [_share(part, rows) for part in (required, cursor, two_contents, words)]
    return (source.name, source.feed, source.cursor, source.threshold, *counts[:8], days, *shares)


def _share(part: object, whole: object) -> float:
    return float(part) / float(whole) if isinstance(part, int) and isinstance(whole, int) and whole else 0.0


def _source_query(source: _Source, columns: Sequence[str], required: Sequence[str]) -> str:
    """One row: counts of the source's landed rows, without those whose key a later batch has: they are corrected."""
    missing = " or ".join(f"{quote(column)} is null" for column in required) or "false"
    at = _instant(source)
    unreadable = "false" if at == "null" else f"{at} is null"
    words = _unknown_words(source.feed)
    return f"""
        with {_landed(source)},
        counted as (
            select
                count(*) as landed_rows,
                count(*) filter (where _op <> 'delete' and ({missing})) as required_null_rows,
                count(*) filter (where _op <> 'delete' and {unreadable}) as unreadable_rows,
                max(cast({at} as timestamp)) as newest,
                count(*) filter (where {words} is not null) as unknown_word_rows,
                min({words}) as unknown_words,
                count(*) filter (where _op is null or _op not in ('upsert', 'restate', 'delete')) as unknown_operations
            from landed
        )
        select landed_rows, required_null_rows, unreadable_rows, cast(newest as varchar),
            {_two_contents(source, columns)} as two_contents_rows,
            unknown_word_rows, unknown_words, unknown_operations,
            (select date_diff('day', newest, as_of) from {LANDED}.run)
        from counted
    """


def _landed(source: _Source) -> str:
    """CTEs that end with `landed`. Keys are compared only where more than one batch could have them."""
    rows = f"select * from {LANDED}.{source.feed} where _source = '{quoted(source.name)}'"
    if not source.is_landed_often or not source.primary_key:
        return f"landed as ({rows})"
    key = ", ".join(map(quote, source.primary_key))
    return f"""numbered as (
            select feed_rows.*, hash({key}) as key_hash, ledger.batch_number
            from ({rows}) as feed_rows inner join {LANDED}.ledger as ledger on feed_rows._batch_id = ledger.batch_id
        ),
        landed_again as (
            select key_hash, max(batch_number) as newest from numbered
            where coalesce({key}) is not null
            group by key_hash having min(batch_number) < max(batch_number)
        ),
        landed as (
            select numbered.* from numbered left join landed_again using (key_hash)
            where batch_number = coalesce(newest, batch_number)
        )"""


def _instant(source: _Source) -> str:
    """The cursor as a timestamp: close enough to tell readable from unreadable, and old from new."""
    if source.cursor is None:
        return "null"
    raw = quote(source.cursor)
    formats = _DATE_FORMATS.get(source.date_order or "iso")
    if formats:
        return f"try_strptime({raw}, {formats})"
    return f"cast(try_cast(replace({raw}, ' UTC', 'Z') as timestamptz) as timestamp)"


def _two_contents(source: _Source, columns: Sequence[str]) -> str:
    """Rows of which another row of the same batch has the same key and other content."""
    if not source.primary_key:
        return "0"
    key = ", ".join(["_batch_id", *map(quote, source.primary_key)])
    content = ", ".join(map(quote, columns))
    return f"""coalesce((select sum(doubled.size) from (
        select count(*) as size from landed where _op <> 'delete'
        group by hash({key}) having min(hash({content})) <> max(hash({content}))
    ) as doubled), 0)::bigint"""


def _unknown_words(feed: str) -> str:
    """The first word outside the feed's vocabulary as `column: word`, else null."""
    tests = [
        f"case when {quote(column)} is not null and {quote(column)} not in ({', '.join(_literals(words))}) "
        f"then '{column}: ' || {quote(column)} end"
        for column, words in FEED_WORDS.get(feed, {}).items()
    ]
    return f"coalesce({', '.join(tests)})" if tests else "cast(null as varchar)"


def _literals(words: Sequence[str]) -> list[str]:
    return [f"'{quoted(word)}'" for word in words]


def _batches(con: Connection, settings: Settings) -> Frame:
    """One row per batch: rows by its ledger and rows found, changed bytes, and gaps in the numbers of its source.

    Rows found are those of the Parquet file's own footer and of the view: both must be what was landed.
    """
    changed = _changed_batches(con, settings)
    feeds = [feed for (feed,) in con.execute(f"select distinct feed from {LANDED}.ledger order by 1").fetchall()]
    counts = " union all ".join(
        f"select _batch_id, count(*) as landed from {LANDED}.{feed} group by 1" for feed in feeds
    )
    counts = counts or "select null as _batch_id, 0 as landed where false"
    sql = f"""
        with found as ({counts}),
        numbered as (
            select *, batch_number - row_number() over (partition by source order by batch_number, batch_id) as gap
            from {LANDED}.ledger
        )
        select source, feed, batch_id, rows as ledger_rows, cast(coalesce(landed, 0) as bigint) as landed_rows,
            gap as numbering_gaps, cast(list_contains({changed}::varchar[], batch_id) as int) as is_changed
        from numbered left join found on numbered.batch_id = found._batch_id
        order by source, feed, batch_id
    """
    return frame(con, sql, ("source", "feed", "batch_id"))


def _changed_batches(con: Connection, settings: Settings) -> list[str]:
    """Batches whose Parquet file has not the SHA-256 of their ledger row: reads every file once."""
    found = con.execute(f"select feed, batch_id, sha256 from {LANDED}.ledger").fetchall()
    return [
        str(batch)
        for feed, batch, digest in found
        if ledger.sha256(settings.batches_dir / feed / batch / ledger.ROWS_FILE) != digest
    ]


def _coverage(con: Connection) -> Frame:
    """One row per stated coverage, and what is wrong with it."""
    sql = f"""
        with stated as (
            select source, kind, service_id, covers_from, covers_to,
                try_cast(covers_from as timestamptz) as starts_at, try_cast(covers_to as timestamptz) as ends_at
            from {_coverage_rows()}
        )
        select source, kind, service_id, covers_from, covers_to,
            cast(starts_at is null or (covers_to is not null and ends_at is null) as int) as unreadable_instants,
            cast(coalesce(ends_at <= starts_at, false) as int) as ends_before_start,
            cast(source not in (select source from {LANDED}.organisation_sources) as int) as unknown_source
        from stated
        order by source, kind, service_id, covers_from
    """
    return frame(con, sql, ("source", "kind", "service_id", "covers_from", "covers_to"))
