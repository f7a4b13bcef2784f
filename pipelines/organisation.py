"""Loads and validates an organisation folder: all that a user writes.

Belongs here: the shape of organisation.yml, and messages that name file, line, key and remedy.
Does not belong here: reading the sources' rows (extract/), any vendor's meaning (dbt staging).
All problems of a folder are collected and raised as one UserError, not only the first.
"""

import os
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from pipelines import openslo, policy, roster
from pipelines.errors import UserError
from pipelines.extract.yaml_text import Location, YamlError, load_text
from pipelines.hints import hint, nearest

if TYPE_CHECKING:
    from pipelines.extract.feeds import Feed

ORGANISATION_FILE = "organisation.yml"
RESERVED_SOURCE = "organisation"
RECORD_KINDS = (
    "teams", "services", "markets", "incidents", "incident_services", "incident_events", "deployments",
    "automations", "automation_runs", "alerts", "toil_entries", "capacity_events", "slos", "slo_exclusions",
    "sli_samples", "latency_histograms", "postmortems", "postmortem_actions", "contributions", "outcomes",
    "signal_reviews",
)  # fmt: skip
COVERED_COLUMNS = (
    "incidents.detected_at", "incidents.acknowledged_at", "incidents.mitigated_at", "incidents.resolved_by",
    "incidents.fingerprint", "incidents.impact",
    "incidents.reopened", "deployments.outcome", "deployments.is_unplanned_fix", "deployments.version",
    "deployments.first_commit_at", "deployments.failed_at", "deployments.tests", "deployments.strategy",
    "deployments.gates_skipped", "deployments.abort_trigger", "deployments.rollback_of", "automation_runs.outcome",
    "automation_runs.taken_over_at", "automation_runs.harm", "automation_runs.approval",
    "deployments.trigger", "deployments.change_kind", "deployments.approval",
)  # fmt: skip
COVERABLE = (*RECORD_KINDS, *COVERED_COLUMNS)
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$([A-Za-z_][A-Za-z0-9_]*)")

Name = Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=64)]
Text = Annotated[str, Field(min_length=1)]
Reader = Literal["csv", "jsonl", "parquet", "front_matter", "git_log"]


def parse_instant(text: str, zone: ZoneInfo | None = None) -> datetime:
    """An ISO instant with an offset as UTC; with `zone` also a date, taken as that zone's midnight.

    Raises ValueError whose text says what to write instead.
    """
    cleaned = text.strip()
    if zone is not None and re.fullmatch(r"\d{4}-\d{2}-\d{2}", cleaned):
        return datetime.combine(date.fromisoformat(cleaned), time(), zone).astimezone(UTC)
    hint = "write an instant with its offset, such as 2026-06-11T07:34:35Z" + (", or a date" if zone else "")
    try:
        instant = datetime.fromisoformat(cleaned)
    except ValueError:
        raise ValueError(f"{text!r} is not an instant; {hint}") from None
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC; {hint}")
    return instant.astimezone(UTC)


def known_zone(name: str) -> ZoneInfo:
    """The IANA zone of that name. Raises ValueError with a remedy."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is not an IANA time zone; write one such as UTC or Europe/London") from None


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


class Threshold(_Model):
    """Share of quarantined rows of a source above which nothing is published, and why it was set so."""

    share: float = Field(ge=0, le=1, allow_inf_nan=False)
    reason: Text


class Coverage(_Model):
    """What a source speaks for: a record kind or column, from, to (None: open), services (None: all)."""

    kind: str
    covers_from: datetime = Field(alias="from")
    covers_to: datetime | None = Field(default=None, alias="to")
    services: tuple[Text, ...] | None = Field(default=None, min_length=1)

    @field_validator("kind")
    @classmethod
    def _known_kind(cls, kind: str) -> str:
        if kind not in COVERABLE:
            raise ValueError(f"{kind!r} is no record kind{nearest(kind, COVERABLE)} Known: {', '.join(COVERABLE)}")
        return kind

    @field_validator("covers_from", "covers_to", mode="before")
    @classmethod
    def _instant(cls, value: Any, info: ValidationInfo) -> Any:
        return parse_instant(value, (info.context or {}).get("zone")) if isinstance(value, str) else value

    @field_validator("covers_to")
    @classmethod
    def _in_order(cls, value: datetime | None, info: ValidationInfo) -> datetime | None:
        start = info.data.get("covers_from")
        if value is not None and start is not None and value <= start:
            raise ValueError("`to` is not later than `from`; swap them, or leave `to` out if it is still open")
        return value


class Source(_Model):
    """One named extraction: where its file is, which feed's shape it has, and what it speaks for."""

    name: Name
    feed: Name
    reader: Reader
    path: Text
    member: Text | None = None
    encoding: Text = "utf-8"
    mode: Literal["append", "snapshot"] = "append"
    primary_key: tuple[Text, ...] = Field(min_length=1)
    cursor: Text | None = None
    time_zone: str = "UTC"
    date_order: Literal["iso", "day_first", "month_first"] = "iso"
    actor_pattern: Text | None = None
    target_pattern: Text | None = None
    values: dict[str, dict[str, Text]] = Field(default_factory=dict)
    covers: tuple[Coverage, ...] = Field(min_length=1)
    quarantine_threshold: Threshold

    _folder: Path = PrivateAttr(default=Path())

    @field_validator("name")
    @classmethod
    def _not_reserved(cls, name: str) -> str:
        if name == RESERVED_SOURCE:
            raise ValueError(f"{name!r} is reserved for the organisation folder itself; choose another name")
        return name

    @field_validator("path")
    @classmethod
    def _variables_are_set(cls, path: str) -> str:
        expand_variables(path)
        return path

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, encoding: str) -> str:
        try:
            "".encode(encoding)
        except LookupError:
            raise ValueError(f"encoding {encoding!r} is not known; write one such as utf-8 or latin-1") from None
        return encoding

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        known_zone(name)
        return name

    @field_validator("actor_pattern", "target_pattern")
    @classmethod
    def _pattern(cls, pattern: str | None, info: ValidationInfo) -> str | None:
        if pattern is None:
            return None
        if info.data.get("reader") not in (None, "git_log"):
            raise ValueError(f"{info.field_name} is for the reader git_log only; remove it")
        try:
            compiled = re.compile(pattern)
        except re.error as error:
            raise ValueError(f"{pattern!r} is no regular expression ({error}); correct it") from None
        if info.field_name == "target_pattern" and "app" not in compiled.groupindex:
            raise ValueError(f"{pattern!r} has no group (?P<app>…); add one that captures the application's name")
        return pattern

    def resolved_path(self) -> str:
        """The path (file, glob, folder or archive) with variables set, absolute. Raises UserError."""
        try:
            expanded = expand_variables(self.path)
        except ValueError as error:
            raise UserError(f"source {self.name}: {error}") from None
        return os.path.normpath(self._folder / expanded)


class Organisation(_Model):
    """A validated organisation folder. `teams` and `services` are the rows of the two CSV files as text."""

    name: Name
    title: Text
    time_zone: str = "UTC"
    as_of: Literal["last_record", "now"] | datetime
    sources: tuple[Source, ...] = Field(min_length=1)

    _folder: Path = PrivateAttr(default=Path())
    _teams: tuple[roster.Row, ...] = PrivateAttr(default=())
    _services: tuple[roster.Row, ...] = PrivateAttr(default=())
    _slos: tuple[roster.Row, ...] = PrivateAttr(default=())
    _policy: policy.Policy = PrivateAttr(default=policy.Policy())

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        known_zone(name)
        return name

    @field_validator("as_of", mode="before")
    @classmethod
    def _instant(cls, value: Any) -> Any:
        if not isinstance(value, str) or value in ("last_record", "now"):
            return value
        try:
            return parse_instant(value)
        except ValueError as error:
            raise ValueError(f"{error}; or last_record, or now") from None

    @property
    def folder(self) -> Path:
        """The folder that it was loaded from."""
        return self._folder

    @property
    def zone(self) -> ZoneInfo:
        """The reporting calendar's zone."""
        return ZoneInfo(self.time_zone)

    @property
    def teams(self) -> tuple[roster.Row, ...]:
        """Rows of teams.csv, column -> text (None if empty), in file order."""
        return self._teams

    @property
    def services(self) -> tuple[roster.Row, ...]:
        """Rows of services.csv, column -> text (None if empty), in file order."""
        return self._services

    @property
    def slos(self) -> tuple[roster.Row, ...]:
        """Objectives of slos.yml, column -> text (None if empty), in file order."""
        return self._slos

    @property
    def policy(self) -> policy.Policy:
        """Rows of policy.yml, or of what is shipped where it says nothing."""
        return self._policy

    def source(self, name: str) -> Source:
        """The source of that name. Raises UserError that lists the known ones."""
        for source in self.sources:
            if source.name == name:
                return source
        known = ", ".join(source.name for source in self.sources)
        raise UserError(f"source {name!r} is not in {self._folder / ORGANISATION_FILE}; known: {known}")

    def check_sources(self, feeds: "Mapping[str, Feed] | None" = None) -> list[str]:
        """That every source answers with the columns of a known feed; a line for each. Reads headers only.

        Raises UserError with every problem found.
        """
        from pipelines.extract.check import check_sources

        return check_sources(self, feeds)


def expand_variables(path: str, environ: Mapping[str, str] = os.environ) -> str:
    """`path` with `${NAME}` and `$NAME` replaced. Raises ValueError that names an unset one."""

    def value(match: re.Match[str]) -> str:
        name = match.group(1) or match.group(2)
        found = environ.get(name)
        if not found:
            raise ValueError(f"environment variable {name} is not set (in {path!r}); set it to a folder and run again")
        return found

    return _VARIABLE.sub(value, path)


def load(path: str | Path) -> Organisation:
    """The organisation in folder `path` (or of that organisation.yml), validated whole.

    Raises UserError with every problem: file, line, key or column, and remedy.
    """
    folder = Path(path)
    if folder.name == ORGANISATION_FILE and folder.is_file():
        folder = folder.parent
    if not folder.is_dir():
        raise UserError(f"{path}: no such organisation folder; give the path of a folder with {ORGANISATION_FILE}")
    file = folder / ORGANISATION_FILE
    tree, lines = _read_yaml(file)
    organisation, problems = _validate(file, tree, lines)
    zone = organisation.zone if organisation else ZoneInfo("UTC")
    teams = roster.read_teams(folder / "teams.csv", zone, problems)
    services = roster.read_services(folder / "services.csv", zone, teams, problems)
    slos = openslo.read_slos(folder / openslo.SLOS_FILE, zone, services, problems)
    rules = policy.read_policy(folder / policy.POLICY_FILE, teams, services, problems)
    if organisation:
        problems += _unknown_services(file, organisation, services, lines)
    if problems or organisation is None:
        raise UserError.of(problems)
    organisation._folder = folder
    organisation._teams, organisation._services = tuple(teams), tuple(services)
    organisation._slos, organisation._policy = tuple(slos), rules
    for source in organisation.sources:
        source._folder = folder.absolute()
    return organisation


def _read_yaml(file: Path) -> tuple[dict[str, Any], dict[Location, int]]:
    try:
        tree, lines = load_text(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise UserError(f"{file}: no such file; an organisation folder needs one") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{file}: cannot be read ({error}); save it as UTF-8 text") from None
    except YamlError as error:
        where = f"{file}:{error.line}" if error.line else str(file)
        raise UserError(f"{where}: {error.reason}; correct the YAML there") from None
    if not isinstance(tree, dict):
        raise UserError(f"{file}:1: holds no keys; begin with `name: …`")
    return tree, lines


def _validate(file: Path, tree: dict[str, Any], lines: dict[Location, int]) -> tuple[Organisation | None, list[str]]:
    zone_name = tree.get("time_zone", "UTC")
    try:
        zone = known_zone(zone_name) if isinstance(zone_name, str) else ZoneInfo("UTC")
    except ValueError:
        zone = ZoneInfo("UTC")
    try:
        organisation = Organisation.model_validate(tree, context={"zone": zone})
    except ValidationError as error:
        found: dict[str, None] = {}
        for detail in error.errors():
            if detail["type"] == "too_short" and detail["input"]:
                continue  # its entries are at fault, and are named one by one
            found.setdefault(_explain(file, dict(detail), lines))
        return None, list(found)
    return organisation, _duplicate_sources(file, organisation, lines)


def _duplicate_sources(file: Path, organisation: Organisation, lines: dict[Location, int]) -> list[str]:
    problems, seen = [], set()
    for index, source in enumerate(organisation.sources):
        if source.name in seen:
            line = lines.get(("sources", index, "name"), 1)
            problems.append(f"{file}:{line}: sources.{index}.name: {source.name!r} is used twice; rename one")
        seen.add(source.name)
    return problems


def _unknown_services(
    file: Path, organisation: Organisation, services: list[roster.Row], lines: dict[Location, int]
) -> list[str]:
    known = {row.text("service_id") for row in services}
    problems = []
    for index, source in enumerate(organisation.sources):
        for number, coverage in enumerate(source.covers):
            for place, service in enumerate(coverage.services or ()):
                if service not in known:
                    location: Location = ("sources", index, "covers", number, "services", place)
                    problems.append(
                        f"{file}:{_line(location, lines)}: {_dotted(location)}: {service!r} is no service_id "
                        f"of services.csv{nearest(service, known) or '; add it there, or correct it'}"
                    )
    return problems


_REMEDIES = {
    "missing": "is missing; add it",
    "string_pattern_mismatch": "may hold only a-z, 0-9 and _; rename it",
    "string_type": "must be text; write one value here",
    "too_short": "is empty; give at least one",
    "string_too_short": "is empty; fill it in, or remove the key",
    "tuple_type": "must be a list; write each entry after a dash",
    "dict_type": "must be keys and values; see the README's example",
    "model_type": "must be keys and values; see the README's example",
    "float_parsing": "must be a number",
}


def _explain(file: Path, detail: dict[str, Any], lines: dict[Location, int]) -> str:
    location = tuple(part for part in detail["loc"] if not _is_union_tag(part))
    head = f"{file}:{_line(location, lines)}: {_dotted(location)}:"
    kind = detail["type"]
    if kind == "extra_forbidden":
        return f"{head} is not a known key{_known_keys(location)}"
    if kind == "value_error":
        return f"{head} {detail['ctx']['error']}"
    if kind == "literal_error":
        return f"{head} {detail['input']!r} is not allowed; write {detail['ctx']['expected']}"
    if kind in _REMEDIES:
        return f"{head} {_REMEDIES[kind]}"
    return f"{head} {detail['msg']} (found {detail['input']!r}); correct it"


def _is_union_tag(part: str | int) -> bool:
    return isinstance(part, str) and (part.startswith("literal[") or part == "datetime")


def _known_keys(location: Location) -> str:
    models: dict[str, type[_Model]] = {
        "sources": Source,
        "covers": Coverage,
        "quarantine_threshold": Threshold,
    }
    named = [part for part in location[:-1] if isinstance(part, str)]
    model = models.get(named[-1], Organisation) if named else Organisation
    known = [field.alias or name for name, field in model.model_fields.items()]
    return hint(str(location[-1]), known)


def _line(location: Location, lines: dict[Location, int]) -> int:
    while location and location not in lines:
        location = location[:-1]
    return lines.get(location, 1)


def _dotted(location: Location) -> str:
    return ".".join(str(part) for part in location) or "(file)"
