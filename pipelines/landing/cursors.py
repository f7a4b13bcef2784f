"""The newest parsable cursor of landed rows, for `as_of: last_record`.

Belongs here: reading instants out of text, as far as the newest one needs it.
Does not belong here: casting columns (dbt staging does, for every column).
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from pipelines.extract.session import first_row, name, quote
from pipelines.organisation import Source

_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})\d*)?)?)?"
    r"(?:(Z| ?UTC)|([+-])(\d{2}):?(\d{2}))?"
)
_LOCAL = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}) (\d{1,2}):(\d{2})(?::(\d{2}))?")


def describe(source: Source) -> str | None:
    """The cursor's declaration in one text: a stored newest cursor holds only as long as this is the same."""
    return f"{source.cursor}|{source.time_zone}|{source.date_order}" if source.cursor else None


def parse(text: str, date_order: str, zone: ZoneInfo) -> datetime | None:
    """An instant as UTC, or None if no declared format gives one; without an offset it is local to `zone`."""
    try:
        return _iso(text, zone) if date_order == "iso" else _slashed(text, date_order, zone)
    except (ValueError, OverflowError):
        return None


def _iso(text: str, zone: ZoneInfo) -> datetime | None:
    match = _ISO.fullmatch(text)
    if not match:
        return None
    year, month, day, hour, minute, second, fraction, utc, sign, off_hours, off_minutes = match.groups()
    micro = int((fraction or "0").ljust(6, "0"))
    moment = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), micro, zone)
    if utc:
        return moment.replace(tzinfo=UTC)
    if sign:
        offset = timedelta(hours=int(off_hours), minutes=int(off_minutes))
        moment = moment.replace(tzinfo=timezone(offset if sign == "+" else -offset))
    return moment.astimezone(UTC)


def _slashed(text: str, date_order: str, zone: ZoneInfo) -> datetime | None:
    match = _LOCAL.fullmatch(text)
    if not match:
        return None
    first, other, year, hour, minute, second = (int(part or 0) for part in match.groups())
    day, month = (first, other) if date_order == "day_first" else (other, first)
    return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)


def newest(con: duckdb.DuckDBPyConnection, source: Source, rows: Path, columns: Sequence[str]) -> datetime | None:
    """The newest cursor among the rows of a Parquet file with these `columns`; None without that column."""
    if source.cursor is None or source.cursor not in columns:
        return None
    column, zone = name(source.cursor), ZoneInfo(source.time_zone)
    table = f"read_parquet({quote(str(rows))})"
    con.execute(f"set TimeZone = {quote(source.time_zone)}")
    try:
        texts = _candidates(con, _cast(column, source), column, table)
        if texts[0] is not None and parse(texts[0], source.date_order, zone) is None:
            every = con.execute(f"select distinct {column} from {table} where {column} is not null").fetchall()
            texts = [text for (text,) in every]
    finally:
        con.execute("set TimeZone = 'UTC'")
    instants = (parse(text, source.date_order, zone) for text in texts if text is not None)
    return max((instant for instant in instants if instant), default=None)


def _cast(column: str, source: Source) -> str:
    """A quick cast that is right for nearly every text; what it yields is parsed again by `parse`."""
    if source.date_order == "iso":
        return f"try_cast({column} as timestamptz)"
    order = "%d/%m/%Y" if source.date_order == "day_first" else "%m/%d/%Y"
    formats = f"['{order} %H:%M', '{order} %H:%M:%S']"
    return f"timezone({quote(source.time_zone)}, try_strptime({column}, {formats}))"


def _candidates(con: duckdb.DuckDBPyConnection, cast: str, column: str, table: str) -> list[str | None]:
    """First the text with the greatest quick cast, then every text that the quick cast cannot read."""
    top, unread = first_row(
        con,
        "select arg_max(text, instant) filter (where isfinite(instant)), "
        "list(distinct text) filter (where text is not null and instant is null) "
        f"from (select {column} as text, {cast} as instant from {table})",
    )
    return [top, *(unread or [])]
