"""The attacker: whoever subtracts everything from everything that is published about people's working time.

Belongs here: the sums that hold between published cells, and which withheld cells follow from them, exactly.
Does not belong here: what is withheld (dbt_project/models/intermediate/disclosure), queries (disclosure_frames.py).

It shares nothing with the models that choose what is withheld: it knows no quarter, no partner and no grain, but only
sums: of entities (a portfolio of its areas and teams, an area of its teams), of periods (weeks, months and quarters
between two days at which both begin), of splits (a whole of its values), and of metrics (unplanned work of toil and
answers, as if no entry of toil were tied to an incident). The attacker is taken to know more than anybody can: that
nothing else is in a sum (no work that nobody owns), and that bases do not overlap.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import chain, pairwise
from typing import NamedTuple

TOIL, MINUTES, UNPLANNED = "toil_share", "manual_intervention_minutes", "unplanned_work_share"
MONTHS = 3  # of a quarter
Relation = Mapping[Hashable, int]
"""Cells and how often each is in a sum that is known; what is known itself is left out."""


class Cell(NamedTuple):
    """What names a published cell; split is a value of its only dimension, None the whole."""

    metric_id: str
    entity_type: str
    entity_id: str
    period_type: str
    period_start_on: date
    split: str | None


class Piece(NamedTuple):
    """What a team did in a period while it was in an area, where it was in several; never published."""

    cell: Cell
    area: str | None


@dataclass(frozen=True, slots=True)
class Tenure:
    """A team in an area (None: in none) on the days of [starts_on, ends_on); None is open."""

    team_id: str
    area: str | None
    starts_on: date | None
    ends_on: date | None

    def touches(self, first: date, after: date) -> bool:
        """Whether it holds on a day of [first, after)."""
        return (self.starts_on is None or self.starts_on < after) and (self.ends_on is None or self.ends_on > first)


def determined(relations: Iterable[Relation]) -> set[Hashable]:
    """The cells whose values follow from relations of known sums, by exact elimination (rank over the rationals).

    A cell is determined if and only if its unit vector lies in the row space: its row of the reduced form is alone.
    """
    found: set[Hashable] = set()
    for component in _components([dict(relation) for relation in relations]):
        rows = _reduced(component)
        found |= {pivot for pivot, row in rows.items() if len(row) == 1}
    return found


def _components(relations: Sequence[dict[Hashable, int]]) -> Iterator[list[dict[Hashable, int]]]:
    parent: dict[Hashable, Hashable] = {}

    def root(cell: Hashable) -> Hashable:
        parent.setdefault(cell, cell)
        while parent[cell] != cell:
            parent[cell] = parent[parent[cell]]
            cell = parent[cell]
        return cell

    for relation in relations:
        first, *rest = relation or [None]
        for cell in rest:
            parent[root(cell)] = root(first)
    groups: dict[Hashable, list[dict[Hashable, int]]] = defaultdict(list)
    for relation in relations:
        if relation:
            groups[root(next(iter(relation)))].append(relation)
    yield from groups.values()


def _reduced(relations: Sequence[Mapping[Hashable, int]]) -> dict[Hashable, dict[Hashable, Fraction]]:
    """Reduced row echelon form: each row under its pivot, which no other row holds."""
    rows: dict[Hashable, dict[Hashable, Fraction]] = {}
    holders: dict[Hashable, set[Hashable]] = defaultdict(set)
    for relation in relations:
        row = {cell: Fraction(times) for cell, times in relation.items() if times}
        for pivot in [cell for cell in row if cell in rows]:
            _subtract(row, rows[pivot], row[pivot])
        if not row:
            continue
        pivot = min(row, key=lambda cell: (len(holders[cell]), repr(cell)))
        scale = row[pivot]
        row = {cell: times / scale for cell, times in row.items()}
        for other in list(holders[pivot]):
            former = set(rows[other])
            _subtract(rows[other], row, rows[other][pivot])
            for cell in former - set(rows[other]):
                holders[cell].discard(other)
            for cell in set(rows[other]) - former:
                holders[cell].add(other)
        rows[pivot] = row
        for cell in row:
            holders[cell].add(pivot)
    return rows


def _subtract(row: dict[Hashable, Fraction], other: Mapping[Hashable, Fraction], times: Fraction) -> None:
    for cell, much in other.items():
        left = row.get(cell, Fraction(0)) - times * much
        if left:
            row[cell] = left
        else:
            row.pop(cell, None)


@dataclass(frozen=True)
class Published:
    """What anybody has: which cells there are, which of them have no number, and which team was in which area when."""

    cells: frozenset[Cell]
    withheld: frozenset[Cell]
    tenures: tuple[Tenure, ...]

    def follows(self) -> set[Cell]:
        """The withheld cells whose numbers follow from those that are shown."""
        return {cell for cell in determined(self.relations()) if isinstance(cell, Cell) and cell in self.withheld}

    def relations(self) -> Iterator[Relation]:
        """All sums in which anything is withheld, without what is shown and what is not there."""
        sums = (self._of_entities(), self._of_pieces(), self._of_periods(), self._of_splits(), self._of_metrics())
        for relation in chain.from_iterable(sums):
            left = {cell: times for cell, times in relation.items() if isinstance(cell, Piece) or cell in self.withheld}
            if left:
                yield left

    def _areas(self, team: str, kind: str, start: date) -> list[str | None]:
        first, after = start, end_of(kind, start)
        found = {one.area for one in self.tenures if one.team_id == team and one.touches(first, after)}
        return sorted(found, key=lambda area: area or "") or [None]

    def _of_entities(self) -> Iterator[dict[Hashable, int]]:
        places: dict[tuple[str, str, date, str | None], list[Cell]] = defaultdict(list)
        for cell in self.cells:
            if cell.entity_type != "service":
                places[cell.metric_id, cell.period_type, cell.period_start_on, cell.split].append(cell)
        for (_, kind, start, _), cells in places.items():
            by_area: dict[str | None, list[Hashable]] = defaultdict(list)
            for cell in cells:
                if cell.entity_type == "team":
                    areas = self._areas(cell.entity_id, kind, start)
                    pieces: list[Hashable] = [cell] if len(areas) == 1 else [Piece(cell, area) for area in areas]
                    if len(areas) > 1:
                        yield {cell: -1, **dict.fromkeys(pieces, 1)}
                    for area, piece in zip(areas, pieces, strict=True):
                        by_area[area].append(piece)
            tops: list[Hashable] = list(by_area.pop(None, []))
            for cell in cells:
                if cell.entity_type == "area":
                    yield from _sum(cell, by_area.pop(cell.entity_id, []))
                    tops.append(cell)
            tops += [piece for pieces in by_area.values() for piece in pieces]
            for cell in cells:
                if cell.entity_type == "portfolio":
                    yield from _sum(cell, tops)

    def _of_pieces(self) -> Iterator[dict[Hashable, int]]:
        """What a team did in an area in a quarter is what it did there in its months."""
        for cell in self.cells:
            areas = self._areas(cell.entity_id, cell.period_type, cell.period_start_on)
            if cell.entity_type != "team" or cell.period_type != "quarter" or len(areas) == 1:
                continue
            starts = [cell.period_start_on]
            while len(starts) < MONTHS:
                starts.append(end_of("month", starts[-1]))
            for area in areas:
                relation: dict[Hashable, int] = {Piece(cell, area): -1}
                for start in starts:
                    month = cell._replace(period_type="month", period_start_on=start)
                    within = self._areas(cell.entity_id, "month", start)
                    if area in within:
                        relation[month if len(within) == 1 else Piece(month, area)] = 1
                yield relation

    def _of_periods(self) -> Iterator[dict[Hashable, int]]:
        series: dict[tuple[str, str, str, str | None], dict[str, list[Cell]]] = defaultdict(lambda: defaultdict(list))
        for cell in self.cells:
            key = (cell.metric_id, cell.entity_type, cell.entity_id, cell.split)
            series[key][cell.period_type].append(cell)
        for kinds in series.values():
            for finer, coarser in (("month", "quarter"), ("week", "month"), ("week", "quarter")):
                yield from _between_common_days(kinds[finer], kinds[coarser])

    def _of_splits(self) -> Iterator[dict[Hashable, int]]:
        values: dict[Cell, list[Cell]] = defaultdict(list)
        for cell in self.cells:
            if cell.split is not None:
                values[cell._replace(split=None)].append(cell)
        for whole, parts in values.items():
            yield from _sum(whole, parts)

    def _of_metrics(self) -> Iterator[dict[Hashable, int]]:
        """Of teams of which sources speak of all three at the same times: else they are of different days."""
        series: dict[str, dict[str, set[Cell]]] = defaultdict(lambda: defaultdict(set))
        for cell in self.cells:
            if cell.entity_type == "team" and cell.split is None:
                series[cell.entity_id][cell.metric_id].add(cell._replace(metric_id=""))
        for metrics in series.values():
            if metrics[UNPLANNED] == metrics[TOIL] == metrics[MINUTES]:
                for cell in metrics[UNPLANNED]:
                    of = {metric: cell._replace(metric_id=metric) for metric in (TOIL, MINUTES, UNPLANNED)}
                    yield {of[UNPLANNED]: -1, of[TOIL]: 1, of[MINUTES]: 1}


def _sum(whole: Cell, parts: Sequence[Hashable]) -> Iterator[dict[Hashable, int]]:
    """What has no parts at all is made of what is not told."""
    if parts:
        yield {whole: -1, **dict.fromkeys(parts, 1)}


def end_of(kind: str, start: date) -> date:
    """The day after the last one of a week, month or quarter."""
    if kind == "week":
        return start + timedelta(days=7)
    months = start.month - 1 + (1 if kind == "month" else 3)
    return date(start.year + months // 12, months % 12 + 1, 1)


def _between_common_days(finer: Sequence[Cell], coarser: Sequence[Cell]) -> Iterator[dict[Hashable, int]]:
    """Sums of two kinds of periods between each two days at which one of both begins; without gaps."""
    ends = [_stretch(cells) for cells in (finer, coarser)]
    common = sorted(ends[0] & ends[1])
    for first, after in pairwise(common):
        left = [cell for cell in finer if first <= cell.period_start_on < after]
        right = [cell for cell in coarser if first <= cell.period_start_on < after]
        if _days(left) == _days(right) == (after - first).days:
            yield {**dict.fromkeys(left, 1), **dict.fromkeys(right, -1)}


def _stretch(cells: Sequence[Cell]) -> set[date]:
    return {day for cell in cells for day in (cell.period_start_on, end_of(cell.period_type, cell.period_start_on))}


def _days(cells: Sequence[Cell]) -> int:
    return sum((end_of(cell.period_type, cell.period_start_on) - cell.period_start_on).days for cell in cells)
