"""Objectives of slos.yml in OpenSLO v1: each problem names file, line, document, key and remedy.

Belongs here: which part of OpenSLO is read, and as what. Does not belong here: how an objective is judged (dbt).
A document is a Service or an SLO; where its numbers come from (queries, alert policies) is not ours to know.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pipelines.extract.yaml_text import Location, YamlError, load_documents
from pipelines.roster import Row

SLOS_FILE = "slos.yml"
SLO_COLUMNS = (
    "slo_id", "service_id", "sli", "budgeting", "objective", "slice_target", "window_days", "threshold_ms",
    "valid_from",
)  # fmt: skip
API_VERSION = "openslo/v1"
ANNOTATIONS = ("reliability-scorecard/sli", "reliability-scorecard/valid-from")
"""Of an SLO's metadata: availability or latency, where the indicator does not tell; and since when it has been so."""
_SLI, _VALID_FROM = ANNOTATIONS
_BUDGETING = {"Occurrences": "occurrences", "Timeslices": "time_slices"}
_DAYS = {"d": 1, "w": 7}


@dataclass(frozen=True)
class _Document:
    """One document of the file, with the lines of its keys."""

    file: Path
    number: int
    tree: Mapping[str, Any]
    lines: Mapping[Location, int]

    def get(self, *location: str | int) -> Any:
        """What stands at a location, None where nothing does."""
        here: Any = self.tree
        for part in location:
            if isinstance(here, Mapping):
                here = here.get(part)
            elif isinstance(here, list) and isinstance(part, int) and part < len(here):
                here = here[part]
            else:
                return None
        return here

    def problem(self, location: Location, reason: str) -> str:
        """`file:line: document n: key: reason`."""
        known: Location = location
        while known and known not in self.lines:
            known = known[:-1]
        key = ".".join(str(part) for part in location) or "(document)"
        return f"{self.file}:{self.lines.get(known, 1)}: document {self.number}: {key}: {reason}"


def read_slos(path: Path, zone: ZoneInfo, services: Iterable[Row], problems: list[str]) -> list[Row]:
    """Objectives of slos.yml, one row an objective; none if there is no such file. Problems are appended."""
    try:
        documents = load_documents(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{path}: cannot be read ({error}); save it as UTF-8 text")
        return []
    except YamlError as error:
        problems.append(f"{path}:{error.line or 1}: {error.reason}; correct the YAML there")
        return []
    known = {row.text("service_id") for row in services}
    rows: list[Row] = []
    for number, (tree, lines) in enumerate(documents, start=1):
        if tree is None:
            continue
        if not isinstance(tree, dict):
            problems.append(f"{path}:{lines.get((), 1)}: document {number}: holds no keys; begin with `apiVersion: …`")
            continue
        rows += _document(_Document(path, number, tree, lines), zone, known, problems)
    return _distinct(rows, problems)


def _document(document: _Document, zone: ZoneInfo, services: set[str], problems: list[str]) -> list[Row]:
    version, kind = document.get("apiVersion"), document.get("kind")
    if version != API_VERSION:
        problems.append(document.problem(("apiVersion",), f"is {version!r}; write {API_VERSION}"))
        return []
    if kind not in ("SLO", "Service"):
        problems.append(document.problem(("kind",), f"is {kind!r}; keep SLO and Service here, other kinds elsewhere"))
        return []
    name = document.get("metadata", "name")
    if not isinstance(name, str) or not name.strip():
        problems.append(document.problem(("metadata", "name"), "is missing; give the objective an id"))
        return []
    place: Location = ("metadata", "name") if kind == "Service" else ("spec", "service")
    service = document.get(*place)
    if service not in services:
        problems.append(
            document.problem(place, f"{service!r} is no service_id of services.csv; add it there, or correct it")
        )
    return [] if kind == "Service" else list(_objectives(document, name, zone, problems))


def _objectives(document: _Document, name: str, zone: ZoneInfo, problems: list[str]) -> Iterator[Row]:
    shared = {
        "service_id": document.get("spec", "service"),
        "sli": _sli(document, problems),
        "budgeting": _budgeting(document, problems),
        "window_days": _window(document, problems),
        "valid_from": _valid_from(document, zone, problems),
    }
    objectives = document.get("spec", "objectives")
    if not isinstance(objectives, list) or not objectives:
        problems.append(document.problem(("spec", "objectives"), "is missing; list at least one, with its target"))
        return
    for index in range(len(objectives)):
        place: Location = ("spec", "objectives", index)
        own = {
            "slo_id": _objective_id(document, name, place, len(objectives), problems),
            "objective": _target(document, place, problems),
            "slice_target": _slice_target(document, place, shared["budgeting"], problems),
            "threshold_ms": _threshold(document, place, problems),
        }
        values = {column: {**shared, **own}[column] for column in SLO_COLUMNS}
        yield Row(document.file, document.lines.get(place, 1), values)


def _objective_id(document: _Document, name: str, place: Location, objectives: int, problems: list[str]) -> str | None:
    """The name of the SLO; of several objectives in one SLO, with the display name of each."""
    if objectives == 1:
        return name
    shown = document.get(*place, "displayName")
    if not shown:
        problems.append(document.problem((*place, "displayName"), "is missing; name each of several objectives"))
        return None
    return f"{name}/{shown}"


def _sli(document: _Document, problems: list[str]) -> str | None:
    stated = document.get("metadata", "annotations", _SLI)
    if stated is not None and stated not in ("availability", "latency"):
        place: Location = ("metadata", "annotations", _SLI)
        problems.append(document.problem(place, f"is {stated!r}; write availability or latency"))
    has_threshold = document.get("spec", "indicator", "spec", "thresholdMetric") is not None
    return str(stated) if stated is not None else "latency" if has_threshold else "availability"


def _budgeting(document: _Document, problems: list[str]) -> str | None:
    method = document.get("spec", "budgetingMethod")
    if method not in _BUDGETING:
        place = ("spec", "budgetingMethod")
        problems.append(document.problem(place, f"is {method!r}; write Occurrences or Timeslices"))
    return _BUDGETING.get(str(method))


def _window(document: _Document, problems: list[str]) -> str | None:
    place: Location = ("spec", "timeWindow")
    windows = document.get(*place)
    if not isinstance(windows, list) or len(windows) != 1:
        problems.append(document.problem(place, "must list one window, such as {duration: 28d, isRolling: true}"))
        return None
    place = (*place, 0)
    if document.get(*place, "isRolling") not in ("true", "True") or document.get(*place, "calendar") is not None:
        problems.append(document.problem((*place, "isRolling"), "only rolling windows are read; write isRolling: true"))
        return None
    found = re.fullmatch(r"([1-9][0-9]{0,3})([dw])", str(document.get(*place, "duration")))
    if not found:
        reason = f"{document.get(*place, 'duration')!r} is no number of days; write 28d or 4w"
        problems.append(document.problem((*place, "duration"), reason))
        return None
    return str(int(found[1]) * _DAYS[found[2]])


def _valid_from(document: _Document, zone: ZoneInfo, problems: list[str]) -> str | None:
    stated = document.get("metadata", "annotations", _VALID_FROM)
    if stated is None:
        return None
    instant: datetime | None
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(stated)):
            instant = datetime.combine(date.fromisoformat(str(stated)), time(), zone)
        else:
            instant = datetime.fromisoformat(str(stated))
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        place: Location = ("metadata", "annotations", _VALID_FROM)
        reason = f"{stated!r} is neither a date nor an instant with its offset; write 2026-03-01"
        problems.append(document.problem(place, reason))
        return None
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _target(document: _Document, place: Location, problems: list[str]) -> str | None:
    stated, per_cent = document.get(*place, "target"), document.get(*place, "targetPercent")
    if (stated is None) == (per_cent is None):
        problems.append(document.problem((*place, "target"), "give either target or targetPercent"))
        return None
    if stated is not None:
        return _share(document, (*place, "target"), stated, Decimal(1), problems)
    return _share(document, (*place, "targetPercent"), per_cent, Decimal(100), problems)


def _slice_target(document: _Document, place: Location, budgeting: str | None, problems: list[str]) -> str | None:
    stated, window = document.get(*place, "timeSliceTarget"), document.get(*place, "timeSliceWindow")
    if budgeting != "time_slices":
        if stated is not None:
            reason = "is for budgetingMethod Timeslices; remove it, or write that"
            problems.append(document.problem((*place, "timeSliceTarget"), reason))
        return None
    if not re.fullmatch(r"[1-9][0-9]*[mhd]", str(window)):
        reason = f"{window!r} is no length of a slice; write that of a sample, such as 1m or 5m"
        problems.append(document.problem((*place, "timeSliceWindow"), reason))
    if stated is None:
        reason = "is missing; write what share of good events makes a slice good, such as 0.95"
        problems.append(document.problem((*place, "timeSliceTarget"), reason))
        return None
    return _share(document, (*place, "timeSliceTarget"), stated, Decimal(1), problems, closed=True)


def _threshold(document: _Document, place: Location, problems: list[str]) -> str | None:
    """Milliseconds, as a threshold of latency states them."""
    stated = document.get(*place, "value")
    if stated is None:
        return None
    try:
        is_right = Decimal(str(stated)) >= 0
    except InvalidOperation:
        is_right = False
    if not is_right:
        problems.append(document.problem((*place, "value"), f"{stated!r} is no number of milliseconds; write one"))
    return str(stated)


def _share(
    document: _Document, place: Location, stated: Any, whole: Decimal, problems: list[str], *, closed: bool = False
) -> str | None:
    """A share above 0 and below 1 (`closed`: at most 1) with six decimals at most, as text."""
    try:
        share = Decimal(str(stated)) / whole
        is_finite = share.is_finite()
    except InvalidOperation:
        is_finite = False
    if not is_finite:
        problems.append(
            document.problem(place, f"{stated!r} is no number; write one such as {Decimal('0.99') * whole}")
        )
        return None
    if share == 1 and not closed:
        reason = f"{stated!r} leaves no error budget; write less than {whole}, such as {Decimal('0.999') * whole}"
        problems.append(document.problem(place, reason))
    elif not 0 < share <= 1:
        problems.append(document.problem(place, f"{stated!r} does not lie between 0 and {whole}; correct it"))
    elif share * 1_000_000 % 1:
        problems.append(document.problem(place, f"{stated!r} is finer than a millionth; round it to six decimals"))
    return f"{share.normalize():f}"


def _distinct(rows: list[Row], problems: list[str]) -> list[Row]:
    seen: dict[str, Row] = {}
    for row in rows:
        former = seen.setdefault(row.text("slo_id"), row)
        if former is not row and row.text("slo_id"):
            problems.append(row.problem("slo_id", f"is an objective of line {former.line} already; rename one"))
    return rows
