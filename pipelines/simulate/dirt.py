"""Known dirt: values that break their contract, each listed, so that quarantine can be held against the list.

Belongs here: which value of which record is broken, how, and the reason in the words of quarantine.
Does not belong here: cheating (cheats.py): a cheated record is well-formed.
A break touches one column in such a way that no other rule of the record is broken by it. Files are never cut short:
a truncated file is refused whole by the readers, so that it is no row's defect.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from pipelines.simulate.kinds import Column, Kind
from pipelines.simulate.render import id_text, instant_text, is_quoted
from pipelines.simulate.streams import Random
from pipelines.simulate.table import NONE, Array, Bools, Table

UNKNOWN_WORD, UNKNOWN_NAME = "unheard-of", "nowhere-at-all"
KEY = "key"
YEAR, BEFORE = 365 * 86_400, 2_400
Broken = str | float | int


@dataclass(frozen=True)
class Breakage:
    """What is done to one row of a log: `value` (what JSON then holds) in `column`, for `reason`.

    A break of the key leaves the row and adds a second one, whose twin column differs.
    """

    row: int
    column: Column
    value: Broken
    reason: str
    record: int


@dataclass(frozen=True)
class Defect:
    """A row of truth/defects.csv."""

    kind: str
    file: str
    row: int
    source_record_id: str
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class Spoilt:
    """The lines that take a row's place, and what quarantine says of each."""

    lines: bytes
    rows: int
    breakage: Breakage
    record: str

    def defect(self, kind: Kind, file: str, row: int) -> Defect:
        """As listed."""
        broken = self.breakage
        is_key = broken.column.name == KEY
        value = self.record if is_key else str(broken.value)
        return Defect(kind.name, file, row, self.record, broken.column.name, value, broken.reason)


@dataclass(frozen=True)
class _Way:
    """A way to break a column: the rows that it can break, and the value for a row."""

    column: Column
    reason: str
    fits: Bools
    value: Callable[[int], Broken]


def plan(kind: Kind, rows: Table, share: float, random: Random) -> list[Breakage]:
    """Breaks of about this share of the rows, of every way at least one if there are rows enough; by row."""
    ways = list(_ways(kind, rows))
    if not share or not kind.broken or not ways:
        return []
    wanted = min(max(round(share * len(rows)), len(ways)), len(rows) // 10)
    counts = np.bincount(np.arange(wanted) % len(ways), minlength=len(ways))
    free = np.ones(len(rows), dtype=bool)
    found: list[Breakage] = []
    for way, count in zip(ways, counts, strict=True):
        candidates = np.flatnonzero(way.fits & free)
        picked = np.sort(random.choice(candidates, min(int(count), len(candidates)), replace=False))
        free[picked] = False
        keys = rows["record_key"][picked]
        found += [
            Breakage(int(row), way.column, way.value(int(row)), way.reason, int(key))
            for row, key in zip(picked, keys, strict=True)
        ]
    return sorted(found, key=lambda each: each.row)


def _ways(kind: Kind, rows: Table) -> Iterator[_Way]:
    everywhere = np.ones(len(rows), dtype=bool)
    for column in kind.columns:
        if column.is_checked:
            yield from _ways_of(kind, column, rows, everywhere)
    if kind.twin:
        yield _Way(Column(KEY, "id"), "two contents under one key", everywhere, lambda row: "")


def _ways_of(kind: Kind, column: Column, rows: Table, everywhere: Bools) -> Iterator[_Way]:
    def fixed(value: Broken, reason: str) -> _Way:
        return _Way(column, reason, everywhere, lambda row: value)

    if column.form == "word":
        yield fixed(UNKNOWN_WORD, "not in the vocabulary")
    elif column.form == "name":
        yield fixed(UNKNOWN_NAME, f"unknown {column.of}")
    elif column.form == "flag":
        # What is not known to be planned may not lie ahead either: that would be a second defect of the row.
        fits = rows["impact_started_at"] <= rows["recorded_at"] if column.name == "is_planned" else everywhere
        yield _Way(column, "neither true nor false", fits, lambda row: "perhaps")
    elif column.form == "count":
        yield fixed("a dozen", "not a whole number")
        yield fixed(-3, "below 0")
    elif column.form == "number":
        yield fixed("NaN", "not a finite number")
        yield fixed("Infinity", "not a finite number")
        yield fixed(-1.5, "below 0")
        if column.high is not None:
            yield fixed(column.high + 0.75, f"above {column.high:g}")
    elif column.form == "instant":
        yield from _instants(kind, column, rows, everywhere)


def _instants(kind: Kind, column: Column, rows: Table, everywhere: Bools) -> Iterator[_Way]:
    unread = "not a time that any declared format reads"
    yield _Way(column, unread, everywhere, lambda row: "2026-02-30T10:00:00Z")
    yield _Way(column, unread, everywhere, lambda row: "as soon as possible")
    if column.happened and not column.is_start:
        recorded = rows["recorded_at"]
        yield _Way(
            column, "later than it was recorded", everywhere, lambda row: instant_text(int(recorded[row]) + YEAR)
        )
    if column.not_before:
        start = rows[next(each.holds for each in kind.columns if each.name == column.not_before)]
        yield _Way(column, "end before start", _known(start), lambda row: instant_text(int(start[row]) - BEFORE))


def _known(instants: Array) -> Bools:
    return np.asarray(instants != NONE)


def spoil(kind: Kind, broken: Breakage, line: bytes) -> Spoilt:
    """The broken line, or the line and its twin."""
    record = id_text(kind.record.of, broken.record)
    content = json.loads(line)
    if broken.column.name == KEY:
        twin = {**content, kind.twin: _other(kind, content[kind.twin])}
        return Spoilt(line + _line(twin), 2, broken, record)
    return Spoilt(_line({**content, broken.column.name: broken.value}), 1, broken, record)


def _line(content: dict[str, object]) -> bytes:
    return json.dumps(content).encode() + b"\n"


def _other(kind: Kind, value: object) -> object:
    column = next(each for each in kind.columns if each.name == kind.twin)
    return "another" if is_quoted(column) else float(str(value or 0)) + 1
