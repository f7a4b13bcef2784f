"""Thousands of seeded texts and instants through the readers and clocks of both engines, equal everywhere.

Python is the third witness where it has an opinion of its own: zoneinfo of clock changes, json of what JSON is.
"""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.spark.cases_instants import READ_DAY_FIRST, READ_ISO, UNREAD_DAY_FIRST, UNREAD_ISO
from tests.spark.engines import Engine, each

pytestmark = pytest.mark.spark

# Zones whose rules have long been settled: DuckDB, Java and Python each bring a time zone database of their own age.
ZONES = [
    "UTC",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Havana",
    "America/St_Johns",
    "America/Caracas",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Pyongyang",
    "Antarctica/Troll",
]
ZONED = {"instant": "timestamp", "zone": "string"}
# naive UTC, as in the warehouse
START, END = datetime.fromisoformat("1970-01-02"), datetime.fromisoformat("2199-12-30")


def _zone_changes(zone: str) -> list[datetime]:
    """Instants at which a zone's offset changes, 1970 to 2040, to the minute."""
    info = ZoneInfo(zone)

    def offset(instant: datetime) -> timedelta | None:
        return instant.replace(tzinfo=UTC).astimezone(info).utcoffset()

    found = []
    for index in range(71 * 366):
        low, high = START + timedelta(days=index), START + timedelta(days=index + 1)
        if offset(low) == offset(high):
            continue
        while high - low > timedelta(minutes=1):
            middle = low + (high - low) // 2
            low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
        found.append(high.replace(second=0, microsecond=0))
    return found


@pytest.fixture(scope="module")
def zoned_times() -> list[tuple[datetime, str]]:
    """Times in zones: half of them within two days of a clock change, most of those within two hours."""
    dice = random.Random(20261123)
    times: list[tuple[datetime, str]] = []
    for zone in ZONES:
        changes = _zone_changes(zone)
        span = (END - START) // timedelta(microseconds=1)
        times += [(START + timedelta(microseconds=dice.randrange(span)), zone) for _ in range(150)]
        for reach in (timedelta(days=2), timedelta(hours=14), timedelta(hours=2), timedelta(hours=2)):
            for change in dice.choices(changes, k=60) if changes else []:
                times.append((change + reach * dice.uniform(-1, 1), zone))
                times.append((change + timedelta(minutes=30 * dice.randrange(-30, 30)), zone))
    return times


def _local(instant: datetime, zone: str) -> datetime:
    return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def _utc(wall: datetime, zone: str) -> datetime:
    """Python's fold 0: the first of two, and the offset before a gap."""
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)


def _differences(rows: Sequence[Any], *columns: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows whose values are not all the same."""
    return [
        (row, *values)
        for row, *values in zip(rows, *columns, strict=True)
        if len({repr(value) for value in values}) > 1
    ]


def _answers(
    engines: list[Engine], columns: dict[str, str], rows: Sequence[Sequence[Any]], macro: str
) -> list[list[Any]]:
    """One value a row, engine by engine."""
    found = [engine.answer(columns, rows, each(macro, *columns)).values for engine in engines]
    return [[values[number][0] for number in range(len(rows))] for values in found]


def test_an_instant_shows_the_same_time_on_every_wall(
    zoned_times: list[tuple[datetime, str]], engines: list[Engine]
) -> None:
    expected = [_local(*row) for row in zoned_times]
    assert _differences(zoned_times, expected, *_answers(engines, ZONED, zoned_times, "dates_to_local")) == []


def test_a_wall_clock_names_the_same_instant(zoned_times: list[tuple[datetime, str]], engines: list[Engine]) -> None:
    walls = [(_local(*row), row[1]) for row in zoned_times] + zoned_times
    expected = [_utc(*row) for row in walls]
    repeated = sum(instant != found for (instant, _), found in zip(zoned_times, expected, strict=False))
    skipped = sum(_local(instant, zone) != wall for instant, (wall, zone) in zip(expected, walls, strict=True))
    assert repeated > 100 and skipped > 100, "too few clock changes to prove anything"
    assert _differences(walls, expected, *_answers(engines, ZONED, walls, "dates_to_utc")) == []


def test_a_day_starts_at_the_same_instant(zoned_times: list[tuple[datetime, str]], engines: list[Engine]) -> None:
    days = sorted({(_local(*row).date(), row[1]) for row in zoned_times})
    expected = [_utc(datetime.combine(day, time()), zone) for day, zone in days]
    columns = {"day_on": "date", "zone": "string"}
    assert _differences(days, expected, *_answers(engines, columns, days, "dates_day_start")) == []


def _mutations(dice: random.Random, seeds: Sequence[str], letters: str, count: int) -> Iterator[str]:
    """Texts that are a few letters from one of the seeds."""
    for _ in range(count):
        text = list(dice.choice(seeds))
        for _ in range(dice.choice((0, 1, 1, 2, 3))):
            place = dice.randrange(len(text) + 1)
            text[place : place + dice.randrange(2)] = dice.choice(["", dice.choice(letters)])
        yield "".join(text)


def _random_times(dice: random.Random, count: int) -> Iterator[str]:
    """Texts of roughly the right shape, with parts that may be out of range."""
    for _ in range(count):
        year, month, day = dice.choice((1969, 1970, 2026, 2028, 2199, 2200)), dice.randrange(14), dice.randrange(33)
        clock = f"{dice.randrange(26)}:{dice.randrange(62):{dice.choice(('', '02'))}}"
        seconds = dice.choice(
            ("", f":{dice.randrange(62):02}", f":{dice.randrange(62)}.{dice.randrange(10 ** dice.randrange(1, 9))}")
        )
        sign, colon = dice.choice("+-"), dice.choice(("", ":"))
        offset = f"{sign}{dice.randrange(100):02}{colon}{dice.randrange(100):02}"
        zone = dice.choice(("", "", "Z", " UTC", offset, offset[:3], f"{offset}{colon}{dice.randrange(100):02}"))
        joint = dice.choice(("T", " ", "  ", "\t"))
        yield f"{year}-{month:02}-{day:{dice.choice(('', '02'))}}{joint}{clock}{seconds}{zone}"
        yield f"{day}/{month}/{year}{joint}{clock}{seconds}"


def test_texts_are_read_as_the_same_instants(engines: list[Engine]) -> None:
    dice = random.Random(20261123)
    iso, ordered = [*READ_ISO, *filter(None, UNREAD_ISO)], [*READ_DAY_FIRST, *filter(None, UNREAD_DAY_FIRST)]
    letters = "0123456789-/:.+ TZ\tUC,٣z\u00a0"
    texts = [
        *_mutations(dice, iso, letters, 3000),
        *_mutations(dice, ordered, letters, 1000),
        *_random_times(dice, 2000),
    ]
    rows = [
        (
            text,
            dice.choice(ZONES),
            dice.choice(("day_first", "month_first") if re.match(r"\s*\d+/", text) else ("iso",)),
        )
        for text in texts
    ]
    columns = {"text": "string", "zone": "string", "date_order": "string"}
    answers = _answers(engines, columns, rows, "parse_instant")
    read = sum(value is not None for value in answers[0])
    assert 1000 < read < len(rows) - 1000, "too few that are read, or too few that are not"
    found = _differences(rows, *answers)
    assert not found, found[:20]


def test_texts_are_read_as_the_same_numbers(engines: list[Engine]) -> None:
    seeds = [
        "5",
        "-1_000.25",
        "1e3",
        ".5e-3",
        "+12.",
        " 7 ",
        "0x10",
        "1d",
        "inf",
        "NaN",
        "99999999999999999999",
        "1e308",
    ]
    texts = [(text,) for text in _mutations(random.Random(20261123), seeds, "0123456789_.eE+- \tdfxinNa", 3000)]
    for macro in ("parse_number", "parse_count"):
        answers = _answers(engines, {"text": "string"}, texts, macro)
        assert 300 < sum(value is not None for value in answers[0]) < 2700
        assert _differences(texts, *answers) == []
    for (text,), value in zip(texts, _answers(engines[:1], {"text": "string"}, texts, "parse_number")[0], strict=True):
        assert value is None or (math.isfinite(value) and value == float(text)), text


def _is_json(text: str) -> bool:
    def refuse(word: str) -> None:
        raise ValueError(word)

    try:
        json.dumps(json.loads(text, parse_constant=refuse), ensure_ascii=False).encode()
    except ValueError:  # also of half a surrogate pair
        return False
    return True


def test_texts_are_the_same_json(engines: list[Engine]) -> None:
    seeds = [
        '[{"app":"a","env":"p"},{"app":"b"}]',
        '[["a"],"b"]',
        '{"a":[1,2.5,null]}',
        '"x\\n\\u00e9\\ud83d\\ude00"',
        "[null,true,false]",
        "[10,-0.5,0]",
        " [ ] ",
        '["a",]',
        '["\\\\ud800"]',
        '["\\udc00\\ud800"]',
        '["nan,]"]',
        '[{"app":"a\\"b","env":"x\\\\"}]',
    ]
    letters = "[]{}\",:\\ un0a.-+1lt\t\n'x/"  # no e: a number with an exponent is spelt in each engine's own way
    texts = [(text,) for text in _mutations(random.Random(20261123), seeds, letters, 4000)]
    answers = _answers(engines, {"text": "string"}, texts, "is_json")
    assert 500 < sum(answers[0]) < 3500
    assert _differences(texts, [_is_json(text) for (text,) in texts], *answers) == []
    assert _differences(texts, *_answers(engines, {"text": "string"}, texts, "first_of_json_list")) == []
