"""The organisation folder as a source: its tables and settings as raw rows of nine feeds.

Belongs here: turning the validated folder into rows. Does not belong here: validation (organisation.py).
It is landed as a snapshot, so that what was removed from the folder is seen as removed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pipelines.extract.feeds import Feed
from pipelines.openslo import SLO_COLUMNS, SLOS_FILE
from pipelines.organisation import ORGANISATION_FILE, Organisation
from pipelines.policy import EXCEPTION_COLUMNS, METRIC_COLUMNS, POLICY_FILE, SETTING_COLUMNS
from pipelines.roster import SERVICE_COLUMNS, TEAM_COLUMNS, Row

Values = tuple[str | None, ...]


@dataclass(frozen=True)
class FolderFeed:
    """Rows (values in the order of `columns`) of one of the folder's feeds; `key` identifies a row."""

    feed: Feed
    file: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    rows: tuple[Values, ...]


def folder_feeds(organisation: Organisation) -> list[FolderFeed]:
    """The nine feeds of the folder, always in this order, also when they hold no row."""
    teams = _roster(organisation.teams, TEAM_COLUMNS)
    services = _roster(organisation.services, SERVICE_COLUMNS)
    policy = organisation.policy
    return [
        _feed("teams", "teams.csv", TEAM_COLUMNS, ("team_id", "valid_from"), teams),
        _feed("services", "services.csv", SERVICE_COLUMNS, ("service_id", "valid_from"), services),
        _feed("slos", SLOS_FILE, SLO_COLUMNS, ("slo_id",), _roster(organisation.slos, SLO_COLUMNS)),
        _section("sources", SOURCE_COLUMNS, SOURCE_COLUMNS[:1], _sources(organisation)),
        _section("values", VALUE_COLUMNS, VALUE_COLUMNS[:3], _values(organisation)),
        _section("coverage", COVERAGE_COLUMNS, COVERAGE_COLUMNS[:4], _coverage(organisation)),
        _policy("policy", METRIC_COLUMNS, ("policy_version", "metric_id", "tier"), policy.metrics),
        _policy("policy_settings", SETTING_COLUMNS, ("policy_version", "section", "setting", "item"), policy.settings),
        _policy("policy_exceptions", EXCEPTION_COLUMNS, EXCEPTION_COLUMNS[:5], policy.exceptions),
    ]


SOURCE_COLUMNS = (
    "source",
    "feed",
    "time_zone",
    "date_order",
    "cursor",
    "quarantine_share",
    "quarantine_reason",
)
VALUE_COLUMNS = ("source", "field", "raw_value", "value")
COVERAGE_COLUMNS = ("source", "kind", "service_id", "covers_from", "covers_to")


def _feed(name: str, file: str, columns: tuple[str, ...], key: tuple[str, ...], rows: tuple[Values, ...]) -> FolderFeed:
    return FolderFeed(Feed(f"organisation_{name}", columns, frozenset()), file, columns, key, rows)


def _section(name: str, columns: tuple[str, ...], key: tuple[str, ...], rows: Iterator[Values]) -> FolderFeed:
    """A part of organisation.yml: a file of its own to the ledger, so that its first batch is a first one."""
    return _feed(name, f"{ORGANISATION_FILE}#{name}", columns, key, tuple(rows))


def _policy(name: str, columns: tuple[str, ...], key: tuple[str, ...], rows: tuple[Row, ...]) -> FolderFeed:
    """A part of the policy: a file of its own to the ledger, as a part of organisation.yml is."""
    return _feed(name, f"{POLICY_FILE}#{name.removeprefix('policy_')}", columns, key, _roster(rows, columns))


def _roster(rows: tuple[Row, ...], columns: tuple[str, ...]) -> tuple[Values, ...]:
    return tuple(tuple(row.values[column] for column in columns) for row in rows)


def _sources(organisation: Organisation) -> Iterator[Values]:
    for source in organisation.sources:
        threshold = source.quarantine_threshold
        yield (
            source.name, source.feed, source.time_zone, source.date_order, source.cursor,
            str(threshold.share), threshold.reason,
        )  # fmt: skip


def _values(organisation: Organisation) -> Iterator[Values]:
    for source in organisation.sources:
        for field, mapping in source.values.items():
            for raw, value in mapping.items():
                yield source.name, field, raw, value


def _coverage(organisation: Organisation) -> Iterator[Values]:
    """A row for each service named; none named (all services) is one row without service_id."""
    for source in organisation.sources:
        for coverage in source.covers:
            bounds = _instant(coverage.covers_from), _instant(coverage.covers_to)
            for service in coverage.services or (None,):
                yield source.name, coverage.kind, service, *bounds


def _instant(instant: datetime | None) -> str | None:
    return instant.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if instant else None
