"""Local days in SQL, against Python's zoneinfo: clock changes, midnights that do not exist or exist twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import ROOT
from tests.unit.macros import Macros, connection

SQL = Macros()
CON = connection()
ZONES = [
    "UTC",
    "Europe/Berlin",
    "Europe/London",
    "America/Sao_Paulo",
    "America/Havana",
    "Asia/Kolkata",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "America/St_Johns",
]
naive = datetime  # instants are naive UTC here, as in the warehouse


def local_day(instant: datetime, zone: str) -> date:
    text = instant.strftime("%Y-%m-%d %H:%M:%S.%f")
    row = CON.execute(f"select {SQL('dates_local_day', f'timestamp {text!r}', repr(zone))}").fetchone()
    assert row is not None
    return row[0]


def day_start(day: date, zone: str) -> datetime:
    start = SQL("dates_day_start", "day_on", repr(zone))
    row = CON.execute(f"select {start} from (select date '{day.isoformat()}' as day_on)").fetchone()
    assert row is not None
    return row[0]


def first_instant(day: date, zone: str) -> datetime:
    """The first instant of a local day by search: the day before ends where it starts."""
    low = naive(day.year, day.month, day.day) - timedelta(hours=30)
    steps = (low + timedelta(minutes=15 * i) for i in range(4 * 60))
    return next(s for s in steps if s.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date() >= day)


@settings(deadline=None, max_examples=150)
@given(st.datetimes(naive(2015, 1, 1), naive(2030, 1, 1)), st.sampled_from(ZONES))
def test_an_instant_belongs_to_the_day_on_the_wall(instant: datetime, zone: str) -> None:
    assert local_day(instant, zone) == instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()


@settings(deadline=None, max_examples=100)
@given(st.dates(date(2015, 1, 2), date(2029, 12, 30)), st.sampled_from(ZONES))
def test_a_day_starts_with_its_first_instant(day: date, zone: str) -> None:
    assert day_start(day, zone) == first_instant(day, zone)


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2026, 3, 29), "Europe/Berlin", 23),
        (date(2026, 10, 25), "Europe/Berlin", 25),
        (date(2026, 7, 1), "Europe/Berlin", 24),
        (date(2018, 11, 4), "America/Sao_Paulo", 23),  # midnight does not exist
        (date(2023, 11, 5), "America/Havana", 25),  # midnight exists twice
        (date(2026, 4, 5), "Australia/Lord_Howe", 24.5),
    ],
)
def test_days_of_a_clock_change(day: date, zone: str, hours: float) -> None:
    assert day_start(day + timedelta(days=1), zone) - day_start(day, zone) == timedelta(hours=hours)


def test_the_zones_that_a_record_may_name_are_known_to_both() -> None:
    seed = (ROOT / "dbt_project/seeds/time_zones.csv").read_text(encoding="utf-8").splitlines()[1:]
    known = {name for (name,) in CON.execute("select name from pg_timezone_names()").fetchall()}
    assert len(seed) > 500
    assert set(seed) <= known & available_timezones()
    assert set(seed) >= (known & available_timezones()) - {"Factory", "localtime", "posixrules"}
