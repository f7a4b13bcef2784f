"""What is withheld about people's working time, and why. Written from D120 to D126, apart from the SQL.

A quarter is decided at once, when it is over, of what was known then: for every team, area and the portfolio, whether
its quarter is shown, its months, its weeks; of the whole and of the splits.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from tests.oracle.reference.book import Book, PieceOfWork
from tests.oracle.reference.cells import Cell, Key, Span
from tests.oracle.reference.coverage import Entity
from tests.oracle.reference.instants import Calendar, Period
from tests.oracle.reference.organisation import Organisation
from tests.oracle.reference.ownership import bounds

PEOPLE = {
    "toil_share": ("toil_entries",),
    "manual_intervention_minutes": ("incident_responses",),
    "unplanned_work_share": ("toil_entries", "incident_responses"),
}
"""The kinds of records behind each metric of people's working time."""
OF_KIND = {kinds[0]: metric for metric, kinds in PEOPLE.items() if len(kinds) == 1}
FEWEST_MEMBERS, FEWEST_RECORDS = 5, 10
GRAINS = ("quarter", "month", "week")
ORDER = ("service", "open", "few_members", "few_events", "by_subtraction", "split")
Why = dict[tuple[str, Entity, str, date, bool], str]
"""Reason by metric, entity, period and whether it is of the splits."""


@dataclass
class Place:
    """A team, an area or the portfolio in a quarter, at one grain and for one kind of records."""

    entity: Entity
    members: int
    fewest: int
    cells: int
    is_steady: bool
    is_withheld: bool = False
    is_partner: bool = False

    @property
    def is_enough(self) -> bool:
        return self.members >= FEWEST_MEMBERS and self.fewest >= FEWEST_RECORDS

    @property
    def reason(self) -> str:
        if self.members < FEWEST_MEMBERS:
            return "few_members"
        return "few_events" if self.fewest < FEWEST_RECORDS else "by_subtraction"


def _safe(places: Iterable[Place]) -> bool:
    """Whether those withheld may be seen in their sum."""
    held = [place for place in places if place.is_withheld]
    steady = [place for place in held if place.is_steady]
    return not any(place.cells for place in held) or (
        len(steady) > 1
        and sum(place.fewest for place in held) >= FEWEST_RECORDS
        and sum(place.members for place in steady) >= FEWEST_MEMBERS
    )


def _next(places: Iterable[Place]) -> Place | None:
    shown = [place for place in places if not place.is_withheld]
    return min(shown, key=lambda place: (place.members, place.entity), default=None)


class Quarter:
    """What is withheld of one closed quarter."""

    def __init__(
        self, period: Period, parts: dict[str, list[Period]], organisation: Organisation, book: Book,
        alive: dict[Entity, Span],
    ) -> None:  # fmt: skip
        self.parts, self._book, self._period = parts, book, period
        self.portfolio: Entity = ("portfolio", book.organisation)
        calendar = book.clock.calendar
        low, high = calendar.day_of(period.starts), calendar.day_of(period.ends - 1)
        teams = [
            name for (kind, name), (first, last) in alive.items()
            if kind == "team" and calendar.day_of(first) <= high and calendar.day_of(last) >= low
        ]  # fmt: skip
        self.members = {team: _members(organisation, team, period) for team in teams}
        self.areas = {team: _areas(organisation, team, period) for team in teams}
        self.withheld: dict[tuple[str, str], dict[Entity, str]] = {}
        for kind in OF_KIND:
            coarser: set[Entity] = set()
            for grain in GRAINS:
                self.withheld[kind, grain] = self._grain(kind, grain, coarser)
                coarser = set(self.withheld[kind, grain])
        self.splits = {grain: self._splits(grain) for grain in GRAINS}

    def _entities(self) -> Iterator[tuple[Entity, int]]:
        for team, members in self.members.items():
            yield ("team", team), members
        for area in {area for areas in self.areas.values() for area in areas}:
            yield ("area", area), sum(self.members[team] for team, areas in self.areas.items() if area in areas)
        yield self.portfolio, sum(self.members.values())

    def _counts(self, kind: str, grain: str, entity: Entity) -> dict[str | None, int]:
        """The fewest records known in time in any period of a grain, by split that has any record at all."""
        calendar = self._book.clock.calendar
        oldest: dict[str, int] = {}
        for piece in self._book.people:
            if piece.kind == kind:
                oldest[piece.source] = min(oldest.get(piece.source, piece.recorded_at), piece.recorded_at)
        found: dict[str | None, list[set[str]]] = {}
        periods = self.parts[grain]
        for piece in self._book.people:
            if piece.kind != kind or not _counts_for(piece, entity):
                continue
            for at, period in enumerate(periods):
                if calendar.day_of(period.starts) <= piece.day <= calendar.day_of(period.ends - 1):
                    records = found.setdefault(piece.split, [set() for _ in periods])[at]
                    if piece.recorded_at <= max(self._period.ends, oldest[piece.source]):
                        records.add(piece.record)
        return {split: min(map(len, records)) for split, records in found.items()}

    def cells(self, metric: str, grain: str, entity: Entity) -> int:
        """In how many periods of a grain an entity has anything."""
        keys = [Key(*entity, metric, grain, period.first_day, None, None) for period in self.parts[grain]]
        tallies = [self._book.tallies[key] for key in keys if key in self._book.tallies]
        return sum(tally.n > 0 or tally.numerator > 0 for tally in tallies)

    def _grain(self, kind: str, grain: str, coarser: set[Entity]) -> dict[Entity, str]:
        places: dict[Entity, Place] = {}
        for entity, members in self._entities():
            cells = self.cells(OF_KIND[kind], grain, entity)
            fewest = self._counts(kind, grain, entity).get(None, 0)
            place = Place(entity, members, fewest, cells, cells == len(self.parts[grain]))
            place.is_withheld = not place.is_enough or entity in coarser
            places[entity] = place
        for entity in [entity for entity in places if entity[0] == "area"]:
            within = self._within(places, entity[1])
            if not _safe(within) and (partner := _next(within)):
                partner.is_partner = True
        for place in places.values():
            place.is_withheld |= place.is_partner
        children = [place for place in places.values() if place.entity[0] == "team" and not self.areas[place.entity[1]]]
        for entity, place in places.items():
            if entity[0] == "area":
                children.append(self._child(place, self._within(places, entity[1])))
        withheld = {place.entity for place in (*places.values(), *children) if place.is_withheld}
        if not _safe(children):
            partner = _next(children)
            withheld.add(self.portfolio if partner is None else partner.entity)
            if partner is not None and partner.entity[0] == "area":
                within = self._within(places, partner.entity[1])
                if not any(place.is_withheld and place.cells for place in within) and (first := _next(within)):
                    withheld.add(first.entity)
        return {entity: places[entity].reason for entity in withheld}

    def _within(self, places: dict[Entity, Place], area: str) -> list[Place]:
        return [places["team", team] for team, areas in self.areas.items() if area in areas]

    def _child(self, area: Place, within: list[Place]) -> Place:
        """An area as a part of the portfolio: what is not known of it is what is not known of its teams."""
        is_safe = any(place.is_partner for place in within) or _safe(within)
        if not area.is_withheld and is_safe:
            return area
        held = [place for place in within if place.is_withheld]
        steady = [place for place in held if place.is_steady]
        return Place(
            area.entity, sum(place.members for place in steady), sum(place.fewest for place in held),
            sum(place.cells > 0 for place in held), bool(steady), is_withheld=True,
        )  # fmt: skip

    def _splits(self, grain: str) -> set[Entity]:
        """Whose splits of toil are withheld."""
        wholes = set(self.withheld["toil_entries", grain])
        periods = len(self.parts[grain])
        held: dict[str, dict[str, int]] = {}
        late: set[str] = set()
        for team in self.members:
            fewest = {v: n for v, n in self._counts("toil_entries", grain, ("team", team)).items() if v is not None}
            in_quarter = self._counts("toil_entries", "quarter", ("team", team))
            if fewest and (("team", team) in wholes or min(fewest.values()) < FEWEST_RECORDS):
                held[team] = fewest
                late |= {team} if any(not in_quarter[value] for value in fewest) else set()

        def is_safe(teams: list[str]) -> bool:
            steady = [t for t in teams if self.cells("toil_share", grain, ("team", t)) == periods]
            return not teams or all(
                len(steady) > 1
                and sum(held[t].get(value, 0) for t in teams) >= FEWEST_RECORDS
                and sum(self.members[t] for t in teams if value in held[t]) >= FEWEST_MEMBERS
                for value in {value for t in teams for value in held[t]}
            )

        found: set[Entity] = {("team", team) for team in held} | wholes
        for area in {area for areas in self.areas.values() for area in areas}:
            teams = [team for team in held if area in self.areas[team]]
            if not is_safe(teams) or late & set(teams):
                found.add(("area", area))
        below = [t for t in held if not self.areas[t] or any(("area", area) in found for area in self.areas[t])]
        if not is_safe(below) or late & set(below):
            found.add(self.portfolio)
        return found

    def reasons(self, metric: str, grain: str, entity: Entity) -> set[str]:
        """Why the whole is withheld: of any of its kinds, or as a sum of metrics whose teams are not the same."""
        kinds = PEOPLE[metric]
        found = {self.withheld[kind, grain][entity] for kind in kinds if entity in self.withheld[kind, grain]}
        return found | ({"by_subtraction"} if len(kinds) > 1 and self._is_mixed_sum(metric, grain, entity) else set())

    def _is_mixed_sum(self, metric: str, grain: str, entity: Entity) -> bool:
        if entity[0] == "team":
            return False
        parts: list[Entity] = [
            ("team", t) for t, areas in self.areas.items() if entity[0] != "area" or entity[1] in areas
        ]
        if entity == self.portfolio:
            parts += [("area", area) for area in {area for areas in self.areas.values() for area in areas}]
        return any(self._is_mixed(metric, grain, part) for part in parts)

    def _is_mixed(self, metric: str, grain: str, entity: Entity) -> bool:
        kinds = PEOPLE[metric]
        held = sum(entity in self.withheld[kind, grain] for kind in kinds)
        cells = [self.cells(one, grain, entity) for one in (*(OF_KIND[kind] for kind in kinds), metric)]
        is_uniform = held == len(kinds) and set(cells) == {len(self.parts[grain])}
        return held > 0 and sum(cells[:-1]) > 0 and not is_uniform


def _members(organisation: Organisation, team: str, period: Period) -> int:
    rows = [span for span in organisation.teams.spans if span.entity_id == team]
    found = [s.members or 1 for s in rows if bounds(s)[0] < period.ends and bounds(s)[1] > period.starts]
    return min(found, default=1)


def _areas(organisation: Organisation, team: str, period: Period) -> set[str]:
    rows = sorted((s for s in organisation.teams.spans if s.entity_id == team), key=lambda span: bounds(span)[0])
    found = set()
    for at, row in enumerate(rows):
        begins = bounds(row)[0] if at else None
        ends = bounds(rows[at + 1])[0] if at + 1 < len(rows) else None
        if (begins is None or begins < period.ends) and (ends is None or ends > period.starts) and row.owner:
            found.add(row.owner)
    return found


def _counts_for(piece: PieceOfWork, entity: Entity) -> bool:
    kind, name = entity
    return kind == "portfolio" or name == (piece.team if kind == "team" else piece.area)


def suppressions(
    organisation: Organisation, book: Book, periods: list[Period], alive: dict[Entity, Span], cells: Iterable[Key]
) -> Why:
    """Why each cell of people's working time, and its splits, are withheld; what is not named is shown."""
    as_of, calendar = book.clock.as_of, book.clock.calendar
    quarters = [period for period in periods if period.kind == "quarter"]
    decided = {
        quarter.first_day: Quarter(quarter, _parts(periods, quarter, calendar), organisation, book, alive)
        for quarter in quarters
        if quarter.ends <= as_of
    }
    touched = {
        (period.kind, period.first_day): [quarter for quarter in quarters if _overlap(period, quarter)]
        for period in periods
    }
    found: Why = {}
    for key in cells:
        if key.metric_id not in PEOPLE or key.dimension is not None:
            continue
        entity = (key.entity_type, key.entity_id)
        of = touched[key.period_type, key.period_start_on]
        for is_split in (False, True):
            reasons: set[str] = set()
            if entity[0] == "service":
                reasons.add("service")
            elif any(quarter.first_day not in decided for quarter in of):
                reasons.add("open")
            else:
                for quarter in (decided[one.first_day] for one in of):
                    reasons |= quarter.reasons(key.metric_id, key.period_type, entity)
                    if is_split and "toil_entries" in PEOPLE[key.metric_id]:
                        reasons |= {"split"} if entity in quarter.splits[key.period_type] else set()
            if reasons:
                found[key.metric_id, entity, key.period_type, key.period_start_on, is_split] = min(
                    reasons, key=ORDER.index
                )
    return found


def _overlap(left: Period, right: Period) -> bool:
    return left.starts < right.ends and right.starts < left.ends


def _parts(periods: list[Period], quarter: Period, calendar: Calendar) -> dict[str, list[Period]]:
    found: dict[str, list[Period]] = defaultdict(list)
    for period in periods:
        if _overlap(period, quarter):
            found[period.kind].append(period)
    return found


def withhold(cells: dict[Key, Cell], why: Why) -> dict[Key, Cell]:
    """The cells as they may be seen: a withheld one has no number, a withheld split no row."""
    seen = {}
    for key, cell in cells.items():
        is_split = key.dimension is not None
        place = (key.metric_id, (key.entity_type, key.entity_id), key.period_type, key.period_start_on, is_split)
        if place not in why or not (cell.n or cell.denominator or cell.numerator):
            seen[key] = cell
        elif not is_split:
            seen[key] = Cell(None, None, None, None, None, None, None, "suppressed", cell.is_closed)
    return seen
