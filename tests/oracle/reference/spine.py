"""Every cell that must exist, and who exists when."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from tests.oracle.reference.book import Book
from tests.oracle.reference.catalogue import (
    AMOUNT,
    AMOUNT_UNITS,
    BLOCKS,
    BUDGET,
    EFFECT,
    HISTOGRAM,
    METHODS,
    OF_TEAMS,
    PART_UNITS,
    PER,
    PERIOD_KINDS,
    RATE,
    RATE_UNITS,
    RATIO,
    SPREAD,
    WEIGHTED,
    unit_of,
)
from tests.oracle.reference.cells import EMPTY, Cell, Key, Span, Split, Tally
from tests.oracle.reference.coverage import Cover, Entity, Scope, clipped, requirements
from tests.oracle.reference.exposure import Days, exposure
from tests.oracle.reference.facts import Facts
from tests.oracle.reference.finishing import (
    NOTHING,
    Exposed,
    finish_amount,
    finish_blocks,
    finish_budget,
    finish_rate,
    finish_ratio,
    finish_spread,
    finish_survival,
    finish_team_count,
    worst,
)
from tests.oracle.reference.finishing_effects import finish_effect
from tests.oracle.reference.instants import Calendar, Period
from tests.oracle.reference.noting_latency import finish_peak, finish_percentiles
from tests.oracle.reference.noting_outcomes import finish_weighted
from tests.oracle.reference.organisation import Organisation
from tests.oracle.reference.ownership import EVER, STILL, Ownership, hull


def by_period(days: Days, calendar: Calendar) -> dict[tuple[str, date], Exposed]:
    """Exposure of one entity summed by period."""
    total: dict[tuple[str, date], list[int]] = defaultdict(lambda: [0, 0])
    for day, length in days.items():
        for kind in PERIOD_KINDS:
            entry = total[kind, calendar.period(kind, day).first_day]
            entry[0] += length
            entry[1] += 1
    return {key: Exposed(micros, count, days) for key, (micros, count) in total.items()}


def team_spans(organisation: Organisation, facts: Facts, ownership: Ownership, as_of: int) -> dict[str, Span]:
    """From the first to the last instant (inclusive) in which a team exists."""
    seen: dict[str, list[int]] = defaultdict(list)
    for incident in facts.incidents:
        seen[incident.team or ""] += [a for a in (incident.started_at, incident.first_resolved_at) if a is not None]
    for deployment in facts.deployments:
        seen[deployment.team or ""] += [a for a in (deployment.deployed_at,) if a is not None]
    for run in facts.runs:
        seen[run.team or ""] += [a for a in (run.started_at,) if a is not None]
    owned: dict[str, list[Span]] = defaultdict(list)
    for tenures in ownership.tenures.values():
        for tenure in tenures:
            owned[tenure.team or ""].append((tenure.starts, min(tenure.ends - 1, as_of)))
    spans = {}
    for team in organisation.teams.ids():
        starts, ends = hull(organisation.teams, team)
        firsts = seen[team] + [low for low, _ in owned[team]]
        lasts = seen[team] + [high for _, high in owned[team]]
        if (starts != EVER or firsts) and (ends != STILL or lasts):
            spans[team] = (
                starts if starts != EVER else min(firsts),
                ends - 1 if ends != STILL else max(lasts),
            )
    return spans


def existence(organisation: Organisation, facts: Facts, ownership: Ownership, as_of: int) -> dict[Entity, Span]:
    """From the first to the last instant (inclusive) in which each entity has cells."""
    found: dict[Entity, Span] = {("portfolio", organisation.name): (EVER, STILL)}
    for service in organisation.services.ids():
        starts, ends = hull(organisation.services, service)
        found["service", service] = (starts, ends - 1)
    teams = team_spans(organisation, facts, ownership, as_of)
    for team, span in teams.items():
        found["team", team] = span
    for row in organisation.teams.spans:
        if row.owner is not None and row.entity_id in teams:
            low, high = teams[row.entity_id]
            former = found.get(("area", row.owner), (low, high))
            found["area", row.owner] = (min(former[0], low), max(former[1], high))
    return found


Parts = dict[Split, Tally]


@dataclass
class Spine:
    """Every cell that must exist, finished one after another."""

    organisation: Organisation
    book: Book
    cover: Cover
    ownership: Ownership

    def __post_init__(self) -> None:
        clock = self.book.clock
        starts = min((row.starts for row in self.cover.rows), default=clock.as_of)
        self.periods = [
            period
            for kind in PERIOD_KINDS
            if starts <= clock.as_of
            for period in clock.calendar.periods(kind, starts, clock.as_of)
        ]
        scopes: tuple[Scope, ...] = ("cell", "split")
        self.exposed = {(metric, scope): self._exposed(metric, scope) for metric in RATE_UNITS for scope in scopes}

    def _exposed(self, metric: str, scope: Scope) -> dict[Entity, dict[tuple[str, date], Exposed]]:
        """Exposure of a rate by entity and period: deployments are counted by the week of the calendar."""
        ((kind,),) = requirements(metric, scope)
        calendar = self.book.clock.calendar
        combine = max if metric == "deployment_frequency" else int.__add__
        found = exposure(self.organisation, self.cover, self.ownership, calendar, kind, combine)
        return {entity: by_period(days, calendar) for entity, days in found.items()}

    def cells(self, entity: Entity, span: Span) -> Iterator[tuple[Key, Cell]]:
        """All cells of one entity."""
        alive = [p for p in self.periods if p.starts <= span[1] and p.ends > span[0]]
        for metric in METHODS:
            covered = self.cover.covered(metric, "cell", entity, alive)
            for period in alive:
                if metric in OF_TEAMS:
                    yield from self._team_cells(entity, metric, period, span)
                else:
                    yield from self._cell(entity, metric, period, period in covered)

    def _team_cells(self, entity: Entity, metric: str, period: Period, span: Span) -> Iterator[tuple[Key, Cell]]:
        """Counts over the time in which the sources speak and the entity exists, by whole days of its life."""
        closed = period.ends <= self.book.clock.as_of
        calendar = self.book.clock.calendar
        low, high = period.starts, period.ends
        if span[0] > low:
            low = calendar.day_start(calendar.day_of(span[0]))
        if span[1] < high:
            high = calendar.day_start(calendar.day_of(span[1]) + 1)
        watched = clipped(self.cover.metric_intervals(metric, "cell", entity), low, min(high, period.ends))
        micros = 0 if entity[0] == "service" else sum(ends - starts for starts, ends in watched)
        spoken = period in self.cover.covered(metric, "cell", entity, [period])
        splits = self.book.splits.get((metric, entity, period.kind, period.first_day), ())
        for split in (None, *splits):
            key = _of_split(Key(*entity, metric, period.kind, period.first_day, None, None), split)
            yield key, finish_team_count(self.book.tallies.get(key, EMPTY), micros, spoken, closed)

    def _cell(self, entity: Entity, metric: str, period: Period, covered: bool) -> Iterator[tuple[Key, Cell]]:
        closed = period.ends <= self.book.clock.as_of
        key = Key(*entity, metric, period.kind, period.first_day, None, None)
        tally = self.book.tallies.get(key, EMPTY)
        splits = self.book.splits.get((metric, entity, period.kind, period.first_day), ())
        parts: Parts = {split: self.book.tallies[_of_split(key, split)] for split in splits}
        if METHODS[metric] == RATIO:
            per = PER.get(metric, 1)
            yield key, finish_ratio(tally, covered, closed, per)
            spoken = period in self.cover.covered(metric, "split", entity, [period])
            for split, part in parts.items():
                yield _of_split(key, split), finish_ratio(part, spoken, closed, per)
        elif METHODS[metric] == BLOCKS:
            unit = PART_UNITS.get(metric, 1)
            yield key, finish_blocks(tally, covered, closed, unit)
            spoken = period in self.cover.covered(metric, "split", entity, [period])
            for split, part in parts.items():
                yield _of_split(key, split), finish_blocks(part, spoken, closed, unit)
            for name, cell in finish_percentiles(tally, closed).items():
                yield _of_split(key, ("statistic", name)), cell
        elif METHODS[metric] in (WEIGHTED, HISTOGRAM):
            finish = finish_weighted if METHODS[metric] == WEIGHTED else finish_peak
            yield key, finish(tally, covered, closed)
            spoken = period in self.cover.covered(metric, "split", entity, [period])
            for split, part in parts.items():
                yield _of_split(key, split), finish(part, spoken, closed)
        elif METHODS[metric] == BUDGET:
            yield key, finish_budget(tally, covered, closed)
            spoken = period in self.cover.covered(metric, "split", entity, [period])
            yield from _budget_splits(key, parts, spoken, closed)
        elif METHODS[metric] == AMOUNT:
            unit = AMOUNT_UNITS.get(metric, PART_UNITS.get(metric, 1))
            yield key, finish_amount(tally, covered, closed, unit)
            spoken = period in self.cover.covered(metric, "split", entity, [period])
            for split, part in parts.items():
                yield _of_split(key, split), finish_amount(part, spoken, closed, unit)
        elif METHODS[metric] == EFFECT:
            for split, cell in finish_effect(tally, parts, covered, closed):
                yield _of_split(key, split), cell
        elif METHODS[metric] == SPREAD:
            yield key, finish_spread(tally, covered, closed)
        elif METHODS[metric] == RATE:
            yield from self._rate_cells(key, tally, parts, entity, period, closed)
        else:
            yield from _survival_cells(key, tally, parts, covered, closed)

    def exclusions(self, cells: Iterable[Key]) -> dict[tuple[Key, str], int]:
        """Rows left out by key and reason, of the entities and periods that have cells."""
        known = set(cells)
        return {
            (key, reason): rows
            for key, tally in self.book.tallies.items()
            if _of_split(key, None) in known
            for reason, rows in tally.reasons().items()
        }

    def _rate_cells(
        self, key: Key, tally: Tally, parts: Parts, entity: Entity, period: Period, closed: bool
    ) -> Iterator[tuple[Key, Cell]]:
        for split, part in [(None, tally), *parts.items()]:
            scope: Scope = "cell" if split is None else "split"
            by_entity = self.exposed[key.metric_id, scope]
            exposed = by_entity.get(entity, {}).get((period.kind, period.first_day), NOTHING)
            spoken = period in self.cover.covered(key.metric_id, scope, entity, [period])
            if key.metric_id == "incident_rate" and entity[0] in ("team", "area"):
                spoken = spoken and exposed.micros > 0
            yield _of_split(key, split), finish_rate(part, exposed, RATE_UNITS[key.metric_id], spoken, closed)


def _of_split(key: Key, split: Split) -> Key:
    dimension, value = split or (None, None)
    return key._replace(dimension=dimension, dimension_value=value)


def _budget_splits(key: Key, parts: Parts, spoken: bool, closed: bool) -> Iterator[tuple[Key, Cell]]:
    """The splits, and beside a budget its worst objective."""
    objectives = []
    for split, part in parts.items():
        cell = finish_budget(part, spoken, closed)
        yield _of_split(key, split), cell
        if split is not None and split[0] == "slo":
            objectives.append((split[1], cell, part.numerator / part.n if part.n else None))
    lowest = worst(objectives)
    if lowest is not None and key.metric_id == "error_budget_remaining":
        yield _of_split(key, ("statistic", "worst_objective")), lowest


def _survival_cells(key: Key, tally: Tally, parts: Parts, covered: bool, closed: bool) -> Iterator[tuple[Key, Cell]]:
    unit = unit_of(key.metric_id)
    cell, statistics = finish_survival(tally, covered, closed, unit)
    yield key, cell
    if tally.subjects or tally.excluded:
        for name, statistic in statistics.items():
            yield _of_split(key, ("statistic", name)), statistic
    for split, part in parts.items():
        yield _of_split(key, split), finish_survival(part, covered, closed, unit)[0]
