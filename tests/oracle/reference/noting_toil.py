"""Shares of a team's time: what its people did by hand, over what they can work. Written from D46 to D50."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.oracle.reference.book import Book, PieceOfWork
from tests.oracle.reference.cells import Split
from tests.oracle.reference.coverage import Interval, clipped
from tests.oracle.reference.facts import Facts, ToilEntry
from tests.oracle.reference.instants import period_first_day
from tests.oracle.reference.organisation import Organisation
from tests.oracle.reference.ownership import Ownership, bounds, hull

WEEK_HOURS = 168
SHARES = ("toil_share", "unplanned_work_share")
SPLIT_BY_BASIS = "toil_share"
BASES = ("ticket", "survey", "derived")
Asked = set[tuple[str, object, str]]
"""(team, week, basis) of which there is an entry."""


@dataclass(frozen=True)
class Piece:
    """Time of one local day in which sources speak of a team and its capacity is the same."""

    team: str
    area: str | None
    starts: int
    micros: int
    capacity: int | None

    def fact(self) -> ToilEntry:
        """What it counts for."""
        return ToilEntry("", self.team, None, None, self.starts, 0, None, self.area)


class Capacities:
    """What each team can work at any instant, by its row begun last."""

    def __init__(self, organisation: Organisation) -> None:
        self._rows: dict[str, list[tuple[int, float | None]]] = {}
        self._ends = {team: hull(organisation.teams, team)[1] for team in organisation.teams.ids()}
        for span in organisation.teams.spans:
            self._rows.setdefault(span.entity_id, []).append((bounds(span)[0], span.capacity))
        for rows in self._rows.values():
            rows.sort(key=lambda row: row[0])

    def teams(self) -> list[str]:
        """All of them."""
        return sorted(self._rows)

    def tenures(self, team: str) -> Iterator[tuple[int, int, float | None]]:
        """(from, to, hours a week) of a team, one after the other."""
        rows = self._rows[team]
        ends = [starts for starts, _ in rows[1:]] + [self._ends[team]]
        for (starts, hours), until in zip(rows, ends, strict=True):
            if starts < until:
                yield starts, until, hours

    def at(self, team: str, instant: int) -> float | None:
        """Hours a week of a team then; None when not known, or when there was no such team."""
        return next((hours for low, high, hours in self.tenures(team) if low <= instant < high), None)


def same_work(entries: list[ToilEntry], book: Book) -> set[str]:
    """Entries that speak of work of which a ticket speaks: a survey of its week, what is derived of its incident."""

    def week(entry: ToilEntry) -> object:
        return period_first_day("week", book.clock.calendar.day_of(entry.at or 0))

    tickets = [e for e in entries if e.basis == "ticket" and e.micros is not None and e.team and e.at is not None]
    weeks = {(ticket.team, week(ticket)) for ticket in tickets if ticket.incident_id is None}
    incidents = {(ticket.team, ticket.incident_id) for ticket in tickets if ticket.incident_id is not None}
    return {
        entry.entry_id
        for entry in entries
        if (entry.basis == "survey" and entry.at is not None and (entry.team, week(entry)) in weeks)
        or (entry.basis == "derived" and (entry.team, entry.incident_id) in incidents)
    }


def _pieces(book: Book, ownership: Ownership, capacities: Capacities, spoken: list[Interval], team: str) -> list[Piece]:
    found = []
    for low, high, hours in capacities.tenures(team):
        for starts, ends in clipped(spoken, low, high):
            at = starts
            for _, length in book.clock.calendar.split_by_day(starts, ends):
                able = None if hours is None else round(hours * 1000) * length // (WEEK_HOURS * 1000)
                found.append(Piece(team, ownership.area(team, at), at, length, able))
                at += length
    return found


def pieces_of(book: Book, ownership: Ownership, capacities: Capacities, metric: str) -> list[Piece]:
    """All pieces of all teams in the time that a metric is covered for them."""
    return [
        piece
        for team in capacities.teams()
        for piece in _pieces(
            book, ownership, capacities, book.cover.metric_intervals(metric, "cell", ("team", team)), team
        )
    ]


def _why_not(entry: ToilEntry, capacities: Capacities) -> str | None:
    if entry.team is None:
        return "team_unknown"
    if entry.micros is None:
        return "minutes_unknown"
    if entry.basis is None:
        return "basis_unknown"
    hours = capacities.at(entry.team, entry.at or 0)
    if hours is None:
        return "capacity_unknown"
    return None if hours else "capacity_zero"


def note_toil(book: Book, facts: Facts, organisation: Organisation, ownership: Ownership) -> list[Piece]:
    """Notes every day of every team, then every entry. Gives the capacity that unplanned work stands against."""
    capacities = Capacities(organisation)
    twice = same_work(facts.toil, book)
    pieces: list[Piece] = []
    for metric in SHARES:
        pieces = pieces_of(book, ownership, capacities, metric)
        _note_days(book, metric, pieces, _asked(book, metric, facts, capacities))
        for entry in facts.toil:
            if entry.at is not None and (metric == "toil_share" or entry.incident_id is None):
                _note_entry(book, metric, entry, _why_not(entry, capacities), entry.entry_id in twice)
    return pieces


def _week(book: Book, at: int) -> object:
    return period_first_day("week", book.clock.calendar.day_of(at))


def _asked(book: Book, metric: str, facts: Facts, capacities: Capacities) -> Asked:
    """Of which team, in which week, by which basis something is known."""
    return {
        (str(entry.team), _week(book, entry.at), str(entry.basis))
        for entry in facts.toil
        if entry.at is not None
        and metric == SPLIT_BY_BASIS
        and _why_not(entry, capacities) is None
        and book.cover.speaks(metric, "cell", ("team", str(entry.team)), entry.at)
    }


def _note_entry(book: Book, metric: str, entry: ToilEntry, reason: str | None, is_twice: bool) -> None:
    """The capacity is the team's: what is said of the team decides, and no service has a part of it."""
    of_team, at = replace(entry, service=None), entry.at or 0
    whys: list[tuple[Split, str | None]] = [(None, reason or ("same_work" if is_twice else None))]
    if entry.basis is not None and metric == SPLIT_BY_BASIS:
        whys.append((("basis", entry.basis), reason))
    for split, why in whys:
        if why is None:
            book.share_of_time(metric, of_team, at, entry.micros or 0, 0, split)
            if metric == SPLIT_BY_BASIS and book.covers(metric, of_team, at):
                book.people.append(
                    PieceOfWork("toil_entries", entry.source, entry.entry_id, str(entry.team), entry.area,
                                book.clock.calendar.day_of(at), entry.recorded_at, None if split is None else split[1])
                )  # fmt: skip
        else:
            book.leave_out(metric, of_team, at, why, split)


def _note_days(book: Book, metric: str, pieces: list[Piece], asked: Asked) -> None:
    unknown: set[tuple[str, int]] = set()
    for piece in pieces:
        day = book.clock.calendar.day_of(piece.starts)
        fact = piece.fact()
        if piece.capacity is None and (piece.team, day) not in unknown:
            book.leave_out(metric, fact, piece.starts, "capacity_unknown", None)
            unknown.add((piece.team, day))
        if not piece.capacity:
            continue
        bases = [basis for basis in BASES if (piece.team, _week(book, piece.starts), basis) in asked]
        for split in (None, *(("basis", basis) for basis in bases)):
            book.share_of_time(metric, fact, piece.starts, 0, piece.capacity, split)
