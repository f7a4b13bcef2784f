"""Rows of teams.csv and services.csv; each problem names file, line, column, value and remedy.

Belongs here: the shape of the two tables, ids, aliases, validity.
Does not belong here: organisation.yml, ownership at the moment of an event (dbt).
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

MOST_HOURS = 100_000
"""In a week: more is a slip of the pen, not a team."""
TEAM_COLUMNS = (
    "team_id", "name", "area", "members", "capacity_hours_per_week", "rollout_cohort", "aliases",
    "valid_from", "valid_to",
)  # fmt: skip
SERVICE_COLUMNS = ("service_id", "name", "team_id", "tier", "aliases", "valid_from", "valid_to")
_ALWAYS = datetime(1, 1, 1, tzinfo=UTC)
_NEVER = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    """One row as written: `values` by column (None if empty), `line` is its 1-based line in `file`."""

    file: Path
    line: int
    values: Mapping[str, str | None]

    def text(self, column: str) -> str:
        """The value, or an empty text."""
        return self.values.get(column) or ""

    def names(self, id_column: str) -> list[str]:
        """The id and its aliases, trimmed."""
        aliases = [alias.strip() for alias in self.text("aliases").split("|")]
        return [self.text(id_column), *(alias for alias in aliases if alias)]

    def problem(self, column: str, reason: str) -> str:
        """`file:line: column: 'value' reason`."""
        return f"{self.file}:{self.line}: {column}: {self.text(column)!r} {reason}"


def read_teams(path: Path, zone: ZoneInfo, problems: list[str]) -> list[Row]:
    """Rows of teams.csv (none: only a header). Problems are appended to `problems`."""
    rows = _read(path, TEAM_COLUMNS, problems)
    for row in rows:
        problems += _cell(row, "name", bool, "is empty; give the team a name")
        problems += _cell(row, "members", _is_count, "is not a count; write a whole number, or leave it empty")
        problems += _cell(
            row,
            "capacity_hours_per_week",
            _is_capacity,
            "is not a number of hours from 0 to 100000; write one, or leave it empty",
        )
    _check_identity(rows, "team_id", zone, problems)
    return rows


def read_services(path: Path, zone: ZoneInfo, teams: list[Row], problems: list[str]) -> list[Row]:
    """Rows of services.csv; `team_id` must be one of `teams`. Problems are appended to `problems`."""
    rows = _read(path, SERVICE_COLUMNS, problems)
    known = {row.text("team_id") for row in teams}
    for row in rows:
        problems += _cell(row, "name", bool, "is empty; give the service a name")
        problems += _cell(
            row, "tier", _is_tier, "is not 1 to 4; write 1 (most critical) to 4, or leave it empty if unknown"
        )
        problems += _cell(
            row,
            "team_id",
            lambda value: not value or value in known,
            "is no team_id of teams.csv; add it there",
        )
    _check_identity(rows, "service_id", zone, problems)
    return rows


def _read(path: Path, columns: tuple[str, ...], problems: list[str]) -> list[Row]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        problems.append(f"{path}: no such file; write one with the header {','.join(columns)}")
        return []
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{path}: cannot be read ({error}); save it as UTF-8 text")
        return []
    records = _records(text)
    _, header = next(records, (1, []))
    if tuple(header) != columns:
        problems.append(f"{path}:1: the header is {','.join(header)!r}; write {','.join(columns)!r}")
        return []
    rows = []
    for line, cells in records:
        if len(cells) != len(columns):
            problems.append(
                f"{path}:{line}: has {len(cells)} values, the header has {len(columns)}; "
                "add the missing commas, or quote a value that holds one"
            )
            continue
        rows.append(Row(path, line, {name: cell or None for name, cell in zip(columns, cells, strict=True)}))
    return rows


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """(first line, cells) of every record that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""))
    line = 1
    for cells in reader:
        if cells:
            yield line, cells
        line = reader.line_num + 1


def _cell(row: Row, column: str, is_right: Callable[[str], bool], reason: str) -> list[str]:
    return [] if is_right(row.text(column)) else [row.problem(column, reason)]


def _is_count(text: str) -> bool:
    return text == "" or re.fullmatch(r"\d{1,9}", text) is not None


def _is_tier(text: str) -> bool:
    return text in ("", "1", "2", "3", "4")


def _is_capacity(text: str) -> bool:
    """Hours of a team's people in a week, or nothing."""
    try:
        return text == "" or 0 <= float(text) <= MOST_HOURS
    except ValueError:
        return False


def _check_identity(rows: list[Row], id_column: str, zone: ZoneInfo, problems: list[str]) -> None:
    """Ids given, validity in order, no overlap of one id, no name that two ids claim."""
    spans: dict[str, list[tuple[datetime, datetime, Row]]] = {}
    claimed: dict[str, tuple[str, Row]] = {}
    for row in rows:
        identity = row.text(id_column)
        if not identity or identity != identity.strip() or "|" in identity:
            problems.append(row.problem(id_column, "is no id; write one without blanks around it and without |"))
            continue
        span = _validity(row, zone, problems)
        if span:
            problems += _overlaps(row, id_column, span, spans.setdefault(identity, []))
        problems += _clashes(row, id_column, claimed)


def _validity(row: Row, zone: ZoneInfo, problems: list[str]) -> tuple[datetime, datetime] | None:
    bounds = []
    for column, default in (("valid_from", _ALWAYS), ("valid_to", _NEVER)):
        try:
            bounds.append(_instant(row.text(column), zone) or default)
        except ValueError:
            problems.append(
                row.problem(
                    column,
                    "is no date (2026-06-11) nor instant with offset (2026-06-11T07:34:35Z); correct it",
                )
            )
    if len(bounds) < 2:
        return None
    if bounds[1] <= bounds[0]:
        problems.append(row.problem("valid_to", f"is not later than valid_from {row.text('valid_from')!r}; swap them"))
        return None
    return bounds[0], bounds[1]


def _instant(text: str, zone: ZoneInfo) -> datetime | None:
    if not text:
        return None
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return datetime.combine(date.fromisoformat(text), time(), zone).astimezone(UTC)
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(text)
    return instant.astimezone(UTC)


def _overlaps(
    row: Row, id_column: str, span: tuple[datetime, datetime], others: list[tuple[datetime, datetime, Row]]
) -> list[str]:
    clashes = [other for start, end, other in others if start < span[1] and span[0] < end]
    others.append((*span, row))
    return [
        row.problem(
            id_column,
            f"is valid at the same time in line {other.line}; remove one row, or let the validities meet",
        )
        for other in clashes[:1]
    ]


def _clashes(row: Row, id_column: str, claimed: dict[str, tuple[str, Row]]) -> list[str]:
    """Names are matched without regard to case, so two ids must not claim the same one."""
    problems = []
    identity = row.text(id_column)
    for position, name in enumerate(row.names(id_column)):
        owner, other = claimed.setdefault(name.casefold(), (identity, row))
        if owner != identity:
            column = id_column if position == 0 else "aliases"
            problems.append(row.problem(column, f"holds {name!r}, a name of {owner!r} (line {other.line}); remove one"))
    return problems
