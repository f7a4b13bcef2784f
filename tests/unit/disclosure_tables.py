"""Random organisations for disclosure control: who worked when, put through the models, as an attacker would see it.

Belongs here: the tables that the models read, their SQL run in order, what would be published. Nothing is shared with
the attacker but the shape of a cell. Does not belong here: what must hold (test_disclosure.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache

import duckdb
import pyarrow

from data_quality.disclosure import MINUTES, TOIL, UNPLANNED, Cell, Published, Tenure, end_of
from data_quality.disclosure_frames import possible_splits
from tests.unit.macros import Macros, connection

MODELS = (
    "int_people_counts", "int_people_tests", "int_withheld_quarters", "int_withheld_months", "int_withheld_weeks",
    "int_withheld", "int_split_teams", "int_withheld_splits", "int_unsafe_sums", "int_suppressions",
)  # fmt: skip
KINDS = {TOIL: "toil_entries", MINUTES: "incident_responses", UNPLANNED: "toil_entries|incident_responses"}
FIRST, AFTER = date(2026, 1, 1), date(2026, 7, 1)
LATE = datetime.combine(date(2026, 12, 1), datetime.min.time())
MEMBERS, FEWEST = 5, 10
BASES = ("ticket", "survey", "derived")


@dataclass(frozen=True)
class Work:
    """One entry of manual work (with its basis) or one answer (without), on a day."""

    team: str | None
    day: date
    basis: str | None = None
    is_late: bool = False

    @property
    def kind(self) -> str:
        return "incident_responses" if self.basis is None else "toil_entries"


@dataclass(frozen=True)
class Team:
    """A team; members None is unknown. toil_from and answers_from: since when sources speak of it, None never."""

    name: str
    area: str | None
    members: int | None
    toil_from: date | None = FIRST
    answers_from: date | None = FIRST


@dataclass
class Organisation:
    """Two closed quarters of teams and their work."""

    teams: list[Team]
    work: list[Work]
    entities: dict[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = {("team", team.name) for team in self.teams}
        names |= {("area", team.area) for team in self.teams if team.area is not None}
        self.entities = {name: key for key, name in enumerate(sorted({*names, ("portfolio", "all")}), 1)}

    def places(self, team: str | None) -> Iterator[tuple[str, str]]:
        """The entities that a team's work counts for."""
        for one in self.teams:
            if one.name == team:
                yield ("team", one.name)
                if one.area is not None:
                    yield ("area", one.area)
        yield ("portfolio", "all")


def periods() -> list[tuple[int, str, date, date]]:
    """(key, type, first day, day after) of all weeks, months and quarters of the two quarters."""
    found = []
    for kind, start in (("quarter", FIRST), ("month", FIRST), ("week", date(2025, 12, 29))):
        while start < AFTER:
            found.append((kind, start, end_of(kind, start)))
            start = end_of(kind, start)
    return [(key, *period) for key, period in enumerate(found, 1)]


@cache
def statements() -> tuple[tuple[str, str], ...]:
    """(table, SQL) of the models, in order."""
    macros = Macros()
    return tuple((name, macros.model(f"intermediate/disclosure/{name}.sql")) for name in MODELS)


def withheld(organisation: Organisation, con: duckdb.DuckDBPyConnection | None = None) -> dict[tuple[object, ...], str]:
    """Why, by metric, entity key, period key and whether of the splits, the models withhold."""
    con = con or connection()
    _write_inputs(con, organisation)
    for name, sql in statements():
        con.execute(f"create or replace table {name} as {sql}")
    rows = con.execute("select metric_id, entity_key, period_key, is_split, reason from int_suppressions").fetchall()
    return {tuple(row[:4]): row[4] for row in rows}


def _write_inputs(con: duckdb.DuckDBPyConnection, organisation: Organisation) -> None:
    keys = organisation.entities
    _table(
        con,
        "int_entities",
        "entity_key bigint, entity_type varchar, entity_id varchar",
        [(key, *name) for name, key in keys.items()],
    )
    _table(
        con,
        "int_periods",
        "period_key bigint, period_type varchar, period_start_on date, period_end_on date, ends_at timestamp, "
        "is_closed boolean",
        [
            (key, kind, start, after - timedelta(days=1), datetime.combine(after, datetime.min.time()), after <= AFTER)
            for key, kind, start, after in periods()
        ],
    )
    _table(con, "metric_catalogue", "metric_id varchar, people_records varchar", list(KINDS.items()))
    areas = {team.name: keys.get(("area", team.area or "")) for team in organisation.teams}
    _table(
        con,
        "int_people_places",
        "quarter_key bigint, team_key bigint, area_key bigint, members bigint",
        [
            (quarter, keys["team", team.name], areas[team.name], 1 if team.members is None else team.members)
            for quarter in (1, 2)
            for team in organisation.teams
        ],
    )
    area_of = {team.name: team.area for team in organisation.teams}
    _table(
        con,
        "int_people_events",
        "kind varchar, service_id varchar, team_id varchar, area varchar, day_on date, dimension_value varchar, "
        "event_id varchar, recorded_at timestamp, first_recorded_at timestamp",
        [
            (
                work.kind,
                None,
                work.team,
                area_of.get(work.team or ""),
                work.day,
                value,
                str(number),
                LATE if work.is_late else datetime.combine(work.day, datetime.min.time()),
                datetime.combine(date(2025, 1, 1), datetime.min.time()),
            )
            for number, work in enumerate(organisation.work)
            for value in dict.fromkeys((None, work.basis))
        ],
    )
    _table(
        con, "int_period_counts",
        "entity_key bigint, period_key bigint, metric_id varchar, dimension varchar, numerator bigint, "
        "denominator bigint",
        [(keys[entity], period, metric, None, 1, 1) for metric, entity, period in sorted(existing(organisation))],
    )  # fmt: skip


def _table(con: duckdb.DuckDBPyConnection, name: str, columns: str, rows: list[tuple[object, ...]]) -> None:
    con.execute(f"create or replace table {name} ({columns})")
    if rows:
        names = [column.split()[0] for column in columns.split(", ")]
        con.register("given", pyarrow.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))))
        con.execute(f"insert into {name} select * from given")
        con.unregister("given")


def existing(organisation: Organisation) -> set[tuple[str, tuple[str, str], int]]:
    """(metric, entity, period) in which there is anything: time that is watched, or work."""
    found = set()
    for key, _, start, after in periods():
        for team in organisation.teams:
            toil = team.toil_from is not None and team.toil_from < after
            answers = team.answers_from is not None and team.answers_from < after
            for metric, is_there in ((TOIL, toil), (MINUTES, answers), (UNPLANNED, toil and answers)):
                if is_there:
                    found |= {(metric, entity, key) for entity in organisation.places(team.name)}
        for work in organisation.work:
            if work.basis is None and work.team is None and start <= work.day < after:
                found.add((MINUTES, ("portfolio", "all"), key))
    return found


def counts(organisation: Organisation) -> Counter[tuple[str, tuple[str, str], int, str | None]]:
    """Records by kind, entity, period and basis (None: all)."""
    found: Counter[tuple[str, tuple[str, str], int, str | None]] = Counter()
    for key, _, start, after in periods():
        for work in organisation.work:
            if start <= work.day < after:
                for entity in organisation.places(work.team):
                    for value in {None, work.basis}:
                        found[work.kind, entity, key, value] += 1
    return found


def published(organisation: Organisation, reasons: dict[tuple[object, ...], str]) -> tuple[Published, set[Cell]]:
    """What anybody sees, and the withheld cells of few people or few records."""
    numbers, keys = counts(organisation), organisation.entities
    named = {key: (kind, start) for key, kind, start, _ in periods()}
    members = {("team", team.name): team.members or 1 for team in organisation.teams}
    tenures = tuple(Tenure(team.name, team.area, None, None) for team in organisation.teams)
    cells, hidden, secret = set(), set(), set()

    def is_secret(cell: Cell, period: int) -> bool:
        entity = (cell.entity_type, cell.entity_id)
        few = any(numbers[kind, entity, period, cell.split] < FEWEST for kind in KINDS[cell.metric_id].split("|"))
        return few or members.get(entity, MEMBERS) < MEMBERS

    there = sorted(existing(organisation))
    for metric, entity, period in there:
        whole = Cell(metric, *entity, *named[period], None)
        cells.add(whole)
        if (metric, keys[entity], period, False) in reasons:
            hidden.add(whole)
            secret |= {whole} if is_secret(whole, period) else set()
        if (metric, keys[entity], period, True) not in reasons:
            cells |= {whole._replace(split=value) for value in _bases(numbers, metric, entity, period)}
    shown = [cell for cell in cells if cell.split is not None]
    for metric, entity, period in there:
        if metric == TOIL and (metric, keys[entity], period, True) in reasons:
            splits = possible_splits(shown, Cell(metric, *entity, *named[period], None), tenures, BASES)
            cells |= set(splits)
            hidden |= set(splits)
            has = set(_bases(numbers, metric, entity, period))
            secret |= {cell for cell in splits if cell.split in has and is_secret(cell, period)}
    return Published(frozenset(cells), frozenset(hidden), tenures), secret


def _bases(
    numbers: Counter[tuple[str, tuple[str, str], int, str | None]], metric: str, entity: tuple[str, str], period: int
) -> Iterable[str]:
    if metric == TOIL:
        yield from (b for b in BASES if numbers["toil_entries", entity, period, b])
