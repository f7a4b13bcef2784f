"""Instants as whole microseconds since 1970 in UTC, and the calendar laid over them.

Here belong parsing of what sources write, and local days, weeks, months and quarters. No meaning of any
source's column belongs here.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_TIME = r"(?P<H>\d{1,2}):(?P<M>\d{1,2})"
_SECONDS = r":(?P<S>\d{1,2})(?:\.(?P<f>\d{1,6}))?"
_ISO_DATE = r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"
_PATTERNS = {
    "iso": (
        re.compile(rf"{_ISO_DATE}T{_TIME}{_SECONDS}(?P<z>Z|[+-]\d\d(?::?\d\d)?)?"),
        re.compile(rf"{_ISO_DATE} {_TIME}{_SECONDS}"),
        re.compile(rf"{_ISO_DATE} {_TIME}:(?P<S>\d{{1,2}})(?P<z> UTC)"),
        re.compile(rf"{_ISO_DATE} {_TIME}"),
        re.compile(_ISO_DATE),
    ),
    "day_first": (re.compile(rf"(?P<d>\d{{1,2}})/(?P<m>\d{{1,2}})/(?P<y>\d{{4}}) {_TIME}(?::(?P<S>\d\d))?"),),
    "month_first": (re.compile(rf"(?P<m>\d{{1,2}})/(?P<d>\d{{1,2}})/(?P<y>\d{{4}}) {_TIME}(?::(?P<S>\d\d))?"),),
}


class UnparsableError(ValueError):
    """A value that no declared format reads."""


def to_micros(moment: datetime) -> int:
    """Microseconds since the epoch of an aware datetime."""
    delta = moment - EPOCH
    return (delta.days * 86_400 + delta.seconds) * SECOND + delta.microseconds


def from_micros(instant: int) -> datetime:
    """The aware UTC datetime of an instant."""
    return EPOCH + timedelta(microseconds=instant)


def _offset_minutes(text: str) -> int:
    if text in ("Z", " UTC"):
        return 0
    digits = text[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return -minutes if text[0] == "-" else minutes


@lru_cache(maxsize=1 << 18)
def parse_instant(text: str, zone: ZoneInfo, date_order: str = "iso") -> int:
    """The instant that `text` names; `zone` holds for what carries no offset.

    Raises UnparsableError when no format of the date order reads it, or when the date does not exist.
    """
    for pattern in _PATTERNS[date_order] + (_PATTERNS["iso"] if date_order != "iso" else ()):
        match = pattern.fullmatch(text.strip())
        if match is None:
            continue
        parts = match.groupdict()
        number = {key: int(parts.get(key) or 0) for key in "ymdHMS"}
        fraction = int((parts.get("f") or "").ljust(6, "0") or 0)
        try:
            local = datetime(
                number["y"], number["m"], number["d"], number["H"], number["M"], number["S"], fraction, UTC
            )
        except ValueError as error:
            raise UnparsableError(text) from error
        if parts.get("z"):
            return to_micros(local) - _offset_minutes(parts["z"]) * MINUTE
        return to_micros(local.replace(tzinfo=zone).astimezone(UTC))
    raise UnparsableError(text)


@dataclass(frozen=True, slots=True)
class Period:
    """One calendar period: `kind` is week, month or quarter; [starts, ends) are instants."""

    kind: str
    first_day: date
    starts: int
    ends: int


class Calendar:
    """Local days of a zone, and the periods made of them."""

    def __init__(self, zone: ZoneInfo, first_year: int = 2000, last_year: int = 2040) -> None:
        self.zone = zone
        self._first = date(first_year, 1, 1).toordinal()
        days = date(last_year, 1, 1).toordinal() - self._first
        self._periods: dict[tuple[str, int], Period] = {}
        self._starts = [self._midnight(self._first + index) for index in range(days)]

    def _midnight(self, ordinal: int) -> int:
        local = datetime.combine(date.fromordinal(ordinal), time(0), self.zone)
        return to_micros(local.astimezone(UTC))

    def day_of(self, instant: int) -> int:
        """The ordinal of the local day that holds the instant."""
        return self._first + bisect_right(self._starts, instant) - 1

    def day_start(self, ordinal: int) -> int:
        """The instant at which a local day begins."""
        return self._starts[ordinal - self._first]

    def split_by_day(self, starts: int, ends: int) -> Iterator[tuple[int, int]]:
        """(day ordinal, microseconds) of a half-open interval."""
        day = self.day_of(starts)
        while starts < ends:
            stop = min(ends, self.day_start(day + 1))
            yield day, stop - starts
            starts, day = stop, day + 1

    def period(self, kind: str, day: int) -> Period:
        """The period of a kind that holds a local day."""
        if (kind, day) not in self._periods:
            self._periods[kind, day] = self._period(kind, day)
        return self._periods[kind, day]

    def _period(self, kind: str, day: int) -> Period:
        first = period_first_day(kind, day)
        after = next_first_day(kind, first)
        return Period(kind, first, self.day_start(first.toordinal()), self.day_start(after.toordinal()))

    def periods(self, kind: str, first_instant: int, last_instant: int) -> list[Period]:
        """All periods of a kind from the one holding the first to the one holding the last instant."""
        found = [self.period(kind, self.day_of(first_instant))]
        while found[-1].ends <= last_instant:
            found.append(self.period(kind, self.day_of(found[-1].ends)))
        return found


def period_first_day(kind: str, day: int) -> date:
    """The first day of the week (Monday), month or quarter that holds a day."""
    when = date.fromordinal(day)
    if kind == "week":
        return when - timedelta(days=when.weekday())
    month = when.month if kind == "month" else when.month - (when.month - 1) % 3
    return date(when.year, month, 1)


def next_first_day(kind: str, first: date) -> date:
    """The first day of the period after the one that begins on `first`."""
    if kind == "week":
        return first + timedelta(days=7)
    months = first.year * 12 + first.month - 1 + (1 if kind == "month" else 3)
    return date(months // 12, months % 12 + 1, 1)
