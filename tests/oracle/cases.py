"""Small facts and folders for the tests of the oracle's rules. No expectation belongs here."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.oracle.reference.facts import Deployment, Incident
from tests.oracle.reference.fates import Context
from tests.oracle.reference.instants import HOUR, parse_instant, to_micros
from tests.oracle.reference.organisation import Coverage, Organisation, Register, Source, Span
from tests.oracle.reference.readers import COLUMNS, Row

UTC = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")
T0 = parse_instant("2024-03-04T00:00:00Z", UTC)
LATE = parse_instant("2030-01-01T00:00:00Z", UTC)


def at(text: str) -> int:
    return to_micros(datetime.fromisoformat(text))


def register(*names: str) -> Register:
    return Register([Span(name, None, None, None) for name in names], {name.lower(): name for name in names})


def organisation(*, services: Sequence[str] = ("api", "web"), coverage: tuple[Coverage, ...] = ()) -> Organisation:
    return Organisation("org", Path(), UTC, LATE, (), coverage, register("red", "blue"), register(*services))


def context(feed: str, key: Sequence[str], date_order: str = "iso", **values: dict[str, str]) -> Context:
    source = Source("log", feed, "jsonl", "", None, "utf-8", tuple(key), "", UTC, date_order, values, None, None)
    return Context(organisation(), source, LATE)


def raw(feed: str, *records: Mapping[str, object]) -> list[Row]:
    empty = dict.fromkeys(COLUMNS[feed])
    texts = [{k: v if isinstance(v, str | None) else json.dumps(v) for k, v in r.items()} for r in records]
    return [Row("log", "f", number, {**empty, **text}) for number, text in enumerate(texts, start=1)]


def deployment(name: str, hours: float, **columns: object) -> Deployment:
    made = Deployment(name, "api", "production", "v1", T0 + int(hours * HOUR))
    for column, value in columns.items():
        setattr(made, column, value)
    return made


def incident(hours: float, **columns: object) -> Incident:
    made = Incident("i", "api", is_planned=False, impact_started_at=T0 + int(hours * HOUR))
    for column, value in columns.items():
        setattr(made, column, value)
    return made
