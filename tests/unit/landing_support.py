"""A small organisation folder and two feeds for the tests of extraction and landing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from pipelines import organisation
from pipelines.extract.feeds import Feed
from pipelines.landing import batches, views
from pipelines.landing.batches import LandingResult
from pipelines.landing.ledger import BatchInfo
from pipelines.openslo import SLO_COLUMNS
from pipelines.organisation import Organisation
from pipelines.policy import EXCEPTION_COLUMNS, METRIC_COLUMNS, SETTING_COLUMNS
from pipelines.settings import Settings

FEEDS = {
    "events": Feed("events", ("id", "at", "what"), frozenset({"id", "at"})),
    "pages": Feed(
        "pages",
        ("file", "op", "title", "date", "affected", "body_chars", "front_matter_error"),
        frozenset({"file", "op"}),
    ),
    **{
        name: Feed(name, columns, frozenset())
        for name, columns in {
            "organisation_teams": (
                "team_id", "name", "area", "members", "capacity_hours_per_week", "rollout_cohort", "aliases",
                "valid_from", "valid_to",
            ),
            "organisation_services": (
                "service_id", "name", "team_id", "tier", "aliases", "valid_from", "valid_to",
            ),
            "organisation_sources": (
                "source", "feed", "time_zone", "date_order", "cursor", "quarantine_share",
                "quarantine_reason",
            ),
            "organisation_values": ("source", "field", "raw_value", "value"),
            "organisation_slos": SLO_COLUMNS,
            "organisation_policy": METRIC_COLUMNS,
            "organisation_policy_settings": SETTING_COLUMNS,
            "organisation_policy_exceptions": EXCEPTION_COLUMNS,
            "organisation_coverage": ("source", "kind", "service_id", "covers_from", "covers_to"),
        }.items()
    },
}  # fmt: skip
TEAMS = "team_id,name,area,members,capacity_hours_per_week,rollout_cohort,aliases,valid_from,valid_to\n"
SERVICES = "service_id,name,team_id,tier,aliases,valid_from,valid_to\n"
THRESHOLD = {"share": "0.1", "reason": "a test"}
COVERS = [{"kind": "incidents", "from": "2024-01-01", "to": "2024-12-31"}]


Row = tuple[str, str, str]


def source(name: str = "log", **more: Any) -> dict[str, Any]:
    """A source of organisation.yml that is right, with changes."""
    content = {
        "name": name, "feed": "events", "reader": "csv", "path": "log.csv", "primary_key": ["id"],
        "cursor": "at",
        "covers": COVERS, "quarantine_threshold": THRESHOLD,
    }  # fmt: skip
    content |= more
    return {key: value for key, value in content.items() if value is not None}


def write_folder(
    folder: Path,
    sources: Sequence[Mapping[str, Any]] | None = None,
    teams: str = "",
    services: str = "web,Web,,,,,\n",
    **top: Any,
) -> Path:
    """An organisation folder (YAML is a superset of JSON)."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "name": "acme",
        "title": "Acme",
        "as_of": "last_record",
        **top,
        "sources": sources or [source()],
    }
    (folder / "organisation.yml").write_text(json.dumps(content, indent=1))
    (folder / "teams.csv").write_text(TEAMS + teams)
    (folder / "services.csv").write_text(SERVICES + services)
    return folder


def load(folder: Path, sources: Sequence[Mapping[str, Any]] | None = None, **top: Any) -> Organisation:
    return organisation.load(write_folder(folder, sources, **top))


def land(acme: Organisation, home: Path, **more: Any) -> LandingResult:
    return batches.land(acme, Settings(home, threads=more.pop("threads", 2)), feeds=FEEDS, **more)


def landed(home: Path, feed: str = "events", columns: str = 'id, "at", what') -> Counter[tuple[Any, ...]]:
    """The multiset of landed rows of a feed."""
    return Counter(query(home, f"select {columns} from landing.{feed}"))


def query(home: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        views.register(con, Settings(home), FEEDS)
        return con.execute(sql).fetchall()


def csv_text(rows: Iterable[Sequence[str]], header: str = "id,at,what") -> str:
    return "".join(",".join(row) + "\n" for row in [header.split(","), *rows])


def write(folder: Path, rows: Iterable[Row], name: str = "log.csv") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(csv_text(rows))


def row(number: int, what: str = "x") -> Row:
    return str(number), f"2024-01-{number:02d}T00:00:00Z", what


def rows_of(contents: Iterable[str]) -> list[Row]:
    """A row for each letter, which is its key."""
    return [(letter, "2024-01-01", letter) for letter in contents]


def of_log(result: LandingResult) -> list[BatchInfo]:
    return [info for info in result.batches if info.source == "log"]
