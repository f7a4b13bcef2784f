"""What becomes of each raw row: one fate per row and kind, and the newest version of each record.

The rule of records.md and of the contract between staging and its checks: not applicable, quarantined,
deleted, superseded, staged, the first that holds. What a vendor's columns mean stays in vendors_*.py.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from tests.oracle.reference.instants import UnparsableError, parse_instant
from tests.oracle.reference.openslo import of_folder
from tests.oracle.reference.organisation import Organisation, Register, Source
from tests.oracle.reference.policy import landed_rows
from tests.oracle.reference.readers import Row

RECORDED_LATER = "recorded after as_of"


@dataclass
class Judged:
    """A raw row seen as a version of a record of one kind."""

    row: Row
    record: Hashable
    """The record that this is a version of."""
    parent: Hashable
    """For events, the record whose deletion deletes this row too; else the record itself."""
    recorded_at: int | None
    updated_at: int | None
    sequence: int = 0
    not_applicable: str | None = None
    defects: list[str] = field(default_factory=list)
    is_tombstone: bool = False
    staged_records: int = 1
    """Records that the row fans out to; 1 where a row is one record."""
    quarantined_records: int = 0
    fate: str = ""

    @property
    def order(self) -> tuple[int, int, int, int]:
        """Versions of a record in time."""
        return (self.updated_at or 0, self.recorded_at or 0, self.sequence, self.row.number)


@dataclass(frozen=True)
class Context:
    """What a vendor's reading needs beside the rows."""

    organisation: Organisation
    source: Source
    as_of: int

    @property
    def services(self) -> Register:
        return self.organisation.services

    @property
    def teams(self) -> Register:
        return self.organisation.teams

    def instant(self, text: str | None, defects: list[str] | None = None, name: str = "") -> int | None:
        """The instant a value names; an unreadable one is None and noted as a defect."""
        if is_blank(text):
            return None
        try:
            return parse_instant(str(text), self.source.zone, self.source.date_order)
        except UnparsableError:
            if defects is not None:
                defects.append(f"{name}: unparsable")
            return None

    def mapped(self, field_name: str, value: str | None) -> str | None:
        """The source's own word for a vendor value, where organisation.yml declares one."""
        if value is None:
            return None
        return self.source.values.get(field_name, {}).get(value, value)


def is_blank(text: str | None) -> bool:
    """Nothing there: null, or only white space."""
    return text is None or not text.strip()


def cleaned(text: str | None) -> str | None:
    """The trimmed text, or None when nothing is there."""
    return None if text is None or not text.strip() else text.strip()


def contradictory_rows(rows: Sequence[Row], primary_key: Sequence[str]) -> set[tuple[str, int]]:
    """(file, number) of rows whose primary key stands over two contents in one file."""
    by_key: dict[tuple[str | None, ...], list[Row]] = defaultdict(list)
    for row in rows:
        by_key[row.file, *(row.values.get(name) for name in primary_key)].append(row)
    return {
        (row.file, row.number)
        for group in by_key.values()
        if len(group) > 1 and any(row.values != group[0].values for row in group[1:])
        for row in group
    }


def assign(judged: list[Judged], as_of: int, *, events: bool = False) -> list[Judged]:
    """Gives every row its fate, in place; returns the staged rows in their order of time."""
    live = []
    for item in judged:
        if item.recorded_at is not None and item.recorded_at > as_of:
            item.not_applicable = RECORDED_LATER
        if item.not_applicable:
            item.fate = "not_applicable"
        else:
            live.append(item)
    newest: dict[Hashable, Judged] = {}
    for item in live:
        if item.updated_at is not None:
            best = newest.get(item.record)
            if best is None or item.order >= best.order:
                newest[item.record] = item
    deleted = deleted_parents(live) if events else set()
    for item in live:
        item.fate = _fate(item, newest.get(item.record), deleted)
    return sorted((item for item in live if item.fate == "staged"), key=lambda item: item.order)


def _fate(item: Judged, newest: Judged | None, deleted: set[Hashable]) -> str:
    if item.defects:
        return "quarantined"
    if item.is_tombstone or item.parent in deleted:
        return "deleted"
    return "staged" if item is newest else "superseded"


def deleted_parents(live: Iterable[Judged]) -> set[Hashable]:
    """Records whose newest version is a tombstone."""
    newest: dict[Hashable, Judged] = {}
    for item in live:
        if item.updated_at is not None:
            best = newest.get(item.parent)
            if best is None or item.order >= best.order:
                newest[item.parent] = item
    return {parent for parent, item in newest.items() if item.is_tombstone}


FateKey = tuple[str, str, str, str | None]
"""source, kind, fate, reason (only of not_applicable)."""


def folder_fates(organisation: Organisation) -> Counter[FateKey]:
    """The rows that the organisation folder itself feeds: all staged, but for owners that are no team."""
    owned = [span.owner for span in organisation.services.spans]
    strangers = sum(1 for owner in owned if owner is not None and organisation.teams.find(owner) is None)
    mappings = [mapping for source in organisation.sources for mapping in source.values.values()]
    staged = {
        "teams": len(organisation.teams.spans),
        "services": len(owned) - strangers,
        "sources": len(organisation.sources),
        "source_values": sum(len(mapping) for mapping in mappings),
        "slos": len(list(of_folder(organisation.folder / "slos.yml", organisation.zone))),
        "source_coverage": sum(len(row.services or (None,)) for row in organisation.coverage),
        **landed_rows(organisation.folder),
    }
    rows: Counter[FateKey] = Counter()
    rows.update({("organisation", kind, "staged", None): count for kind, count in staged.items()})
    rows["organisation", "services", "quarantined", None] = strangers
    return +rows


@dataclass
class Fates:
    """Rows and fan-out records by source, kind, fate and reason."""

    rows: Counter[FateKey] = field(default_factory=Counter)
    records: Counter[FateKey] = field(default_factory=Counter)

    def add(self, kind: str, judged: Iterable[Judged]) -> None:
        """Counts rows that have their fate."""
        for item in judged:
            self.rows[item.row.source, kind, item.fate, item.not_applicable] += 1
            if item.fate == "staged":
                self.records[item.row.source, kind, "staged", None] += item.staged_records
            if item.quarantined_records and item.fate in ("staged", "quarantined"):
                self.records[item.row.source, kind, "quarantined", None] += item.quarantined_records
