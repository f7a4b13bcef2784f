"""Reads an organisation folder: organisation.yml, teams.csv, services.csv.

The oracle's own, lenient reading: it checks nothing, because the pipeline's own loader is what refuses.
"""

import csv
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from tests.oracle.reference.instants import parse_instant, to_micros


@dataclass(frozen=True)
class Coverage:
    """That a source speaks for a kind in [starts, ends); `services` None means all, `ends` None open."""

    source: str
    kind: str
    starts: int
    ends: int | None
    services: frozenset[str] | None


@dataclass(frozen=True)
class Source:
    """One extraction named in organisation.yml."""

    name: str
    feed: str
    reader: str
    path: str
    member: str | None
    encoding: str
    primary_key: tuple[str, ...]
    cursor: str
    zone: ZoneInfo
    date_order: str
    values: dict[str, dict[str, str]]
    actor_pattern: str | None
    target_pattern: str | None


@dataclass(frozen=True)
class Span:
    """One row of teams.csv or services.csv; None is an open side or an unknown value."""

    entity_id: str
    owner: str | None
    starts: int | None
    ends: int | None
    capacity: float | None = None
    """Hours of a team in a week."""
    tier: int | None = None
    members: int | None = None


@dataclass
class Register:
    """The rows of a register, and its names: ids and aliases, trimmed and in lower case."""

    spans: list[Span] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    def find(self, name: str) -> str | None:
        """The id behind an id or alias, or None."""
        return self.names.get(name.strip().lower())

    def ids(self) -> list[str]:
        """All ids, sorted."""
        return sorted({span.entity_id for span in self.spans})


@dataclass(frozen=True)
class Organisation:
    """An organisation folder as read."""

    name: str
    folder: Path
    zone: ZoneInfo
    as_of_setting: str | int
    sources: tuple[Source, ...]
    coverage: tuple[Coverage, ...]
    teams: Register
    services: Register


def _instant(value: Any, zone: ZoneInfo) -> int:
    if isinstance(value, datetime):
        return to_micros(value if value.tzinfo else value.replace(tzinfo=UTC))
    if isinstance(value, date):
        value = value.isoformat()
    return parse_instant(str(value), zone)


def _optional_instant(value: Any, zone: ZoneInfo) -> int | None:
    return None if value in (None, "") else _instant(value, zone)


def _with_environment(path: str) -> str:
    return re.sub(r"\$\{(\w+)\}", lambda match: os.environ[match.group(1)], path)


def _source(block: dict[str, Any], zone: ZoneInfo) -> Source:
    return Source(
        name=block["name"],
        feed=block["feed"],
        reader=block["reader"],
        path=_with_environment(block["path"]),
        member=block.get("member"),
        encoding=block.get("encoding", "utf-8"),
        primary_key=tuple(block.get("primary_key", ())),
        cursor=block.get("cursor", ""),
        zone=ZoneInfo(block["time_zone"]) if "time_zone" in block else zone,
        date_order=block.get("date_order", "iso"),
        values={name: {str(k): str(v) for k, v in m.items()} for name, m in block.get("values", {}).items()},
        actor_pattern=block.get("actor_pattern"),
        target_pattern=block.get("target_pattern"),
    )


def _coverage(block: dict[str, Any], zone: ZoneInfo, services: Register) -> Iterable[Coverage]:
    for row in block.get("covers", ()):
        named = row.get("services")
        yield Coverage(
            source=block["name"],
            kind=row["kind"],
            starts=_instant(row["from"], zone),
            ends=_optional_instant(row.get("to"), zone),
            services=None if named is None else frozenset(services.find(n) or n for n in named),
        )


def _register(path: Path, id_column: str, owner_column: str, zone: ZoneInfo) -> Register:
    register = Register()
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            entity = row[id_column].strip()
            capacity = row.get("capacity_hours_per_week", "").strip()
            register.spans.append(
                Span(
                    entity,
                    row[owner_column].strip() or None,
                    _optional_instant(row["valid_from"].strip(), zone),
                    _optional_instant(row["valid_to"].strip(), zone),
                    float(capacity) if capacity else None,
                    int(row["tier"]) if row.get("tier", "").strip() else None,
                    int(row["members"]) if row.get("members", "").strip() else None,
                )
            )
            for name in [entity, *row["aliases"].split("|")]:
                if name.strip():
                    register.names[name.strip().lower()] = entity
    return register


def load(folder: Path) -> Organisation:
    """Reads the three files of the folder. Raises KeyError for an unset environment variable."""
    raw = yaml.safe_load((folder / "organisation.yml").read_text(encoding="utf-8"))
    zone = ZoneInfo(raw.get("time_zone", "UTC"))
    services = _register(folder / "services.csv", "service_id", "team_id", zone)
    setting = raw["as_of"]
    named = setting in ("last_record", "now")
    return Organisation(
        name=raw["name"],
        folder=folder,
        zone=zone,
        as_of_setting=setting if named else _instant(setting, zone),
        sources=tuple(_source(block, zone) for block in raw["sources"]),
        coverage=tuple(c for block in raw["sources"] for c in _coverage(block, zone, services)),
        teams=_register(folder / "teams.csv", "team_id", "area", zone),
        services=services,
    )
