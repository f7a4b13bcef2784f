"""Every metric, cell by cell: parts, exclusions by reason, value, interval and status.

Each fact is noted once in the tally of every cell that it belongs to; a cell of the spine is then its
tally, finished by the method of its metric. What a vendor means is settled before.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from tests.oracle.reference import intervals, kaplan_meier
from tests.oracle.reference.exposure import Cover, Days, Entity, exposure
from tests.oracle.reference.facts import Deployment, Facts, Incident, Run
from tests.oracle.reference.instants import DAY, HOUR, MINUTE, SECOND, Calendar, Period
from tests.oracle.reference.organisation import Organisation
from tests.oracle.reference.ownership import EVER, STILL, Ownership, hull

MONTH_SECONDS, WEEK_SECONDS = 2_629_800, 604_800
REOPEN_WINDOW, FOLLOW_UP = 7 * DAY, 24 * HOUR
INSUFFICIENT_BELOW, PROVISIONAL_BELOW = 5, 20
PERIOD_KINDS = ("week", "month", "quarter")

RATIO, RATE, SURVIVAL = "ratio", "rate", "survival"
METHODS = {
    "incident_rate": RATE,
    "time_to_acknowledge": SURVIVAL,
    "time_to_restore": SURVIVAL,
    "reopen_rate": RATIO,
    "deployment_frequency": RATE,
    "change_fail_rate": RATIO,
    "rework_rate": RATIO,
    "rollback_rate": RATIO,
    "automation_success": RATIO,
    "self_healing_share": RATIO,
}
REQUIRED = {
    "incident_rate": ("incidents",),
    "time_to_acknowledge": ("incidents.acknowledged_at",),
    "time_to_restore": ("incidents",),
    "reopen_rate": ("incidents.reopened",),
    "deployment_frequency": ("deployments.outcome",),
    "change_fail_rate": ("deployments",),
    "rework_rate": ("deployments.is_unplanned_fix",),
    "rollback_rate": ("deployments.version",),
    "automation_success": ("automation_runs.outcome",),
    "self_healing_share": ("incidents.resolved_by",),
}
ANY_OF = {"change_fail_rate": ("deployments.outcome", "incidents")}
"""Kinds of which one is needed beside the required ones."""
RATE_UNITS = {
    "incident_rate": ("incidents", MONTH_SECONDS),
    "deployment_frequency": ("deployments", WEEK_SECONDS),
}
"""The kind whose coverage is the exposure, and the seconds of one unit of the denominator."""


class Key(NamedTuple):
    """What names a cell, as in scorecard.metric_values."""

    entity_type: str
    entity_id: str
    metric_id: str
    period_type: str
    period_start_on: date
    dimension: str | None
    dimension_value: str | None


class Cell(NamedTuple):
    """What a cell says. Durations in minutes; numerator and denominator as published."""

    numerator: float
    denominator: float
    n: int
    censored: int
    value: float | None
    low: float | None
    high: float | None
    status: str
    is_closed: bool


@dataclass(slots=True)
class Tally:
    """What one cell counts."""

    numerator: int = 0
    n: int = 0
    excluded: Counter[str] = field(default_factory=Counter)
    subjects: list[tuple[int, bool]] = field(default_factory=list)
    """(duration in microseconds, whether its end was seen)."""
    days: Counter[int] = field(default_factory=Counter)
    """Events of a rate by local day."""


EMPTY = Tally()
Split = tuple[str, str] | None
"""A dimension and its value, or None for the whole."""
Outcome = bool | str
"""Counted (True when in the numerator), or the reason of an exclusion."""


@dataclass(frozen=True)
class Clock:
    """as_of and the reporting calendar."""

    as_of: int
    calendar: Calendar


def entities(fact: Incident | Deployment | Run, organisation: str) -> list[Entity]:
    """The entities that a fact counts for."""
    named = (("service", fact.service), ("team", fact.team), ("area", fact.area), ("portfolio", organisation))
    return [(kind, name) for kind, name in named if name is not None]


class Book:
    """The tallies of all cells of one organisation."""

    def __init__(self, organisation: str, clock: Clock) -> None:
        self.organisation = organisation
        self.clock = clock
        self.tallies: dict[Key, Tally] = defaultdict(Tally)
        self.splits: dict[tuple[str, Entity, str, date], set[Split]] = defaultdict(set)

    def _tallies(
        self, metric: str, fact: Incident | Deployment | Run, anchor: int, splits: Iterable[Split]
    ) -> Iterator[Tally]:
        day = self.clock.calendar.day_of(anchor)
        splits = list(splits)
        for kind in PERIOD_KINDS:
            first = self.clock.calendar.period(kind, day).first_day
            for entity in entities(fact, self.organisation):
                for split in splits:
                    if split is not None:
                        self.splits[metric, entity, kind, first].add(split)
                    key = Key(*entity, metric, kind, first, *(split or (None, None)))
                    yield self.tallies[key]

    def ratio(self, metric: str, fact: Incident | Deployment | Run, anchor: int, outcome: Outcome) -> None:
        """Notes one event of a ratio."""
        for tally in self._tallies(metric, fact, anchor, [None]):
            if isinstance(outcome, str):
                tally.excluded[outcome] += 1
            else:
                tally.n += 1
                tally.numerator += outcome

    def rate(self, metric: str, fact: Incident | Deployment, anchor: int, splits: Iterable[Split]) -> None:
        """Notes one event of a rate, in the whole (None) or its splits."""
        day = self.clock.calendar.day_of(anchor)
        for tally in self._tallies(metric, fact, anchor, splits):
            tally.numerator += 1
            tally.days[day] += 1

    def exclude(self, metric: str, fact: Incident | Deployment, anchor: int, reason: str, *splits: Split) -> None:
        """Notes one event that is left out, and why."""
        for tally in self._tallies(metric, fact, anchor, [None, *splits]):
            tally.excluded[reason] += 1

    def duration(
        self, metric: str, fact: Incident, anchor: int, length: int, seen: bool, splits: Sequence[Split]
    ) -> None:
        """Notes one duration; a negative one is left out."""
        if length < 0:
            self.exclude(metric, fact, anchor, "negative_duration", *splits)
            return
        for tally in self._tallies(metric, fact, anchor, [None, *splits]):
            tally.subjects.append((length, seen))


def is_self_healed(incident: Incident) -> bool | None:
    """Resolved by automation, no person's action before, no reopening within 24 hours of any resolution."""
    if not incident.is_resolved or incident.resolved_by is None:
        return None
    if incident.resolved_by != "automation":
        return False
    at = incident.resolved_at
    if at is None:
        return None
    helped = any(event.actor == "person" and event.at < at for event in incident.events)
    ends = [at, *(event.at for event in incident.events if event.name == "resolved")]
    again = [event.at for event in incident.events if event.name == "reopened"]
    reopened = any(end < when <= end + FOLLOW_UP for end in ends for when in again)
    return not helped and not reopened


def note_incident(book: Book, incident: Incident) -> None:
    """Notes one incident in all metrics that count incidents."""
    anchor = incident.started_at
    if anchor is None or incident.is_planned:
        return
    if incident.is_planned is None:
        for metric in ("incident_rate", "time_to_acknowledge", "time_to_restore", "self_healing_share"):
            book.exclude(metric, incident, anchor, "planned_unknown")
        if incident.first_resolved_at is not None:
            book.exclude("reopen_rate", incident, incident.first_resolved_at, "planned_unknown")
        return
    severity = ("severity", incident.severity or "unknown")
    book.rate("incident_rate", incident, anchor, [None, severity])
    _note_acknowledgement(book, incident, anchor, [severity, ("start_basis", incident.start_basis)])
    resolver = ("resolved_by", incident.resolved_by or "unknown")
    _note_restoration(book, incident, anchor, [severity, resolver, ("start_basis", incident.start_basis)])
    _note_reopening(book, incident)
    book.ratio("self_healing_share", incident, anchor, _self_healing(incident, book.clock.as_of))


def _note_acknowledgement(book: Book, incident: Incident, anchor: int, splits: Sequence[Split]) -> None:
    metric = "time_to_acknowledge"
    ends = [end for end in (incident.resolved_at, incident.first_resolved_at) if end is not None]
    late = incident.acknowledged_at is not None and any(end < incident.acknowledged_at for end in ends)
    if incident.acknowledged_at is not None and not late:
        book.duration(metric, incident, anchor, incident.acknowledged_at - anchor, True, splits)
    elif late or incident.is_resolved:
        book.exclude(metric, incident, anchor, "acknowledgement_unknown", *splits)
    else:
        book.duration(metric, incident, anchor, book.clock.as_of - anchor, False, splits)


def _note_restoration(book: Book, incident: Incident, anchor: int, splits: Sequence[Split]) -> None:
    metric = "time_to_restore"
    if incident.resolved_at is not None:
        book.duration(metric, incident, anchor, incident.resolved_at - anchor, True, splits)
    elif incident.is_resolved:
        book.exclude(metric, incident, anchor, "resolution_time_unknown", *splits)
    else:
        book.duration(metric, incident, anchor, book.clock.as_of - anchor, False, splits)


def _note_reopening(book: Book, incident: Incident) -> None:
    first, again = incident.first_resolved_at, incident.first_reopened_at
    if first is None:
        return
    young = first + REOPEN_WINDOW > book.clock.as_of
    reopened = again is not None and again - first <= REOPEN_WINDOW
    book.ratio("reopen_rate", incident, first, "immature" if young else reopened)


def _self_healing(incident: Incident, as_of: int) -> Outcome:
    if not incident.is_resolved:
        return "immature"
    if incident.resolved_at is not None and incident.resolved_at + FOLLOW_UP > as_of:
        return "immature"
    healed = is_self_healed(incident)
    return "outcome_unknown" if healed is None else healed


def note_deployment(book: Book, deployment: Deployment) -> None:
    """Notes one deployment in all metrics that count deployments."""
    anchor = deployment.deployed_at
    if anchor is None or deployment.is_production is False:
        return
    metrics = ("deployment_frequency", "change_fail_rate", "rework_rate", "rollback_rate")
    if deployment.is_production is None:
        for metric in metrics:
            book.exclude(metric, deployment, anchor, "environment_unknown")
        return
    book.rate("deployment_frequency", deployment, anchor, [("outcome", deployment.outcome or "unknown")])
    if deployment.outcome == "succeeded":
        book.rate("deployment_frequency", deployment, anchor, [None])
    elif deployment.outcome is None:
        book.exclude("deployment_frequency", deployment, anchor, "outcome_unknown")
    young = anchor + FOLLOW_UP > book.clock.as_of
    failed = "immature" if young else _or(deployment.is_failed, "outcome_unknown")
    book.ratio("change_fail_rate", deployment, anchor, failed)
    book.ratio("rework_rate", deployment, anchor, _or(deployment.is_unplanned_fix, "unplanned_fix_unknown"))
    book.ratio("rollback_rate", deployment, anchor, _or(deployment.is_version_return, "version_unknown"))


def _or(known: bool | None, reason: str) -> Outcome:
    return reason if known is None else known


def note_run(book: Book, run: Run) -> None:
    """Notes one automation run."""
    if run.started_at is None or run.mode in ("dry_run", "shadow"):
        return
    outcome: Outcome = "mode_unknown"
    if run.mode is not None:
        outcome = "outcome_unknown" if run.outcome is None else run.outcome == "succeeded"
    book.ratio("automation_success", run, run.started_at, outcome)


def fill(book: Book, facts: Facts, links: dict[str, tuple[str, str | None]]) -> None:
    """Notes all facts."""
    for incident in facts.incidents:
        note_incident(book, incident)
        if links.get(incident.incident_id, ("", ""))[1] is None and incident.started_at is not None:
            book.exclude("change_fail_rate", incident, incident.started_at, "incident_unlinked")
    for deployment in facts.deployments:
        note_deployment(book, deployment)
    for run in facts.runs:
        note_run(book, run)


class Exposed(NamedTuple):
    """Exposure of an entity in a period."""

    micros: int
    days: int
    by_day: Days


NOTHING = Exposed(0, 0, {})


def by_period(days: Days, calendar: Calendar) -> dict[tuple[str, date], Exposed]:
    """Exposure of one entity summed by period."""
    total: dict[tuple[str, date], list[int]] = defaultdict(lambda: [0, 0])
    for day, length in days.items():
        for kind in PERIOD_KINDS:
            entry = total[kind, calendar.period(kind, day).first_day]
            entry[0] += length
            entry[1] += 1
    return {key: Exposed(micros, count, days) for key, (micros, count) in total.items()}


def status_of(n: int, excluded: Counter[str], covered: bool) -> str:
    """The first that holds."""
    if not covered:
        return "missing_source"
    if excluded["immature"]:
        return "immature"
    if n == 0 and not excluded.total():
        return "no_exposure"
    if n < INSUFFICIENT_BELOW:
        return "insufficient"
    return "provisional" if n < PROVISIONAL_BELOW else "ok"


def _shown(status: str) -> bool:
    return status in ("ok", "provisional")


def finish_ratio(tally: Tally, covered: bool, closed: bool) -> Cell:
    """A ratio of countable events, with Wilson's interval."""
    status = status_of(tally.n, tally.excluded, covered)
    value, low, high = None, None, None
    if _shown(status):
        value = tally.numerator / tally.n
        low, high = intervals.wilson(tally.numerator, tally.n)
    return Cell(tally.numerator, tally.n, tally.n, 0, value, low, high, status, closed)


def finish_rate(tally: Tally, exposed: Exposed, unit_seconds: int, covered: bool, closed: bool) -> Cell:
    """A rate over exposure, with a Poisson interval widened by the dispersion over days."""
    n = exposed.micros // DAY
    status = status_of(n, tally.excluded, covered)
    units = Fraction(exposed.micros, unit_seconds * SECOND)
    value, low, high = None, None, None
    if _shown(status):
        counts = [(x, exposed.by_day[day]) for day, x in tally.days.items() if day in exposed.by_day]
        phi = intervals.dispersion(counts, exposed.micros, exposed.days, tally.numerator)
        value = float(tally.numerator / units)
        low, high = intervals.rate_interval(tally.numerator, units, phi)
    return Cell(tally.numerator, float(units), n, 0, value, low, high, status, closed)


def finish_survival(tally: Tally, covered: bool, closed: bool) -> tuple[Cell, dict[str, Cell]]:
    """The median duration, and the cells of dimension `statistic`."""
    n = len(tally.subjects)
    events = sum(1 for _, seen in tally.subjects if seen)
    status = status_of(n, tally.excluded, covered)
    longest: float | None = None
    median: Bounded = (None, None, None)
    p90: Bounded = (None, None, None)
    if _shown(status):
        steps = list(kaplan_meier.curve(tally.subjects))
        median, p90 = _minutes(steps, 0.5), _minutes(steps, 0.1)
        longest = max(length for length, _ in tally.subjects) / MINUTE
    parts = (events, n, n, n - events)
    return Cell(*parts, *median, status, closed), {
        "p90": Cell(*parts, *p90, status, closed),
        "longest_observed": Cell(*parts, longest, None, None, status, closed),
        "geometric_mean": _geometric(tally, covered, closed),
    }


Bounded = tuple[float | None, float | None, float | None]
"""A value with its lower and upper bound."""


def _minutes(steps: Sequence[kaplan_meier.Step], remaining: float) -> Bounded:
    value, low, high = (None if at is None else at / MINUTE for at in kaplan_meier.quantile(steps, remaining))
    return value, low, high


def _geometric(tally: Tally, covered: bool, closed: bool) -> Cell:
    completed = [length / MINUTE for length, seen in tally.subjects if seen and length > 0]
    n = len(completed)
    status = status_of(n, tally.excluded, covered)
    value, low, high = intervals.geometric_mean(completed) if _shown(status) else (None, None, None)
    return Cell(n, n, n, 0, value, low, high, status, closed)


Span = tuple[int, int]


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
        self.exposed = {
            metric: {
                entity: by_period(days, clock.calendar)
                for entity, days in exposure(
                    self.organisation,
                    self.cover,
                    self.ownership,
                    clock.calendar,
                    kind,
                    max if metric == "deployment_frequency" else int.__add__,
                ).items()
            }
            for metric, (kind, _) in RATE_UNITS.items()
        }

    def covered(self, metric: str, entity: Entity) -> set[Period]:
        """The periods in which the sources that the metric rests on speak for the entity."""
        found = set(self.periods)
        for kind in REQUIRED[metric]:
            found &= self.cover.covered(kind, entity, self.periods)
        if metric in ANY_OF:
            either: set[Period] = set()
            found &= either.union(*(self.cover.covered(k, entity, self.periods) for k in ANY_OF[metric]))
        return found

    def cells(self, entity: Entity, span: Span) -> Iterator[tuple[Key, Cell, Counter[str]]]:
        """All cells of one entity, with the exclusions that are published beside them."""
        alive = [p for p in self.periods if p.starts <= span[1] and p.ends > span[0]]
        for metric, method in METHODS.items():
            covered = self.covered(metric, entity)
            for period in alive:
                yield from self._cell(entity, metric, method, period, period in covered)

    def _cell(
        self, entity: Entity, metric: str, method: str, period: Period, covered: bool
    ) -> Iterator[tuple[Key, Cell, Counter[str]]]:
        closed = period.ends <= self.book.clock.as_of
        key = Key(*entity, metric, period.kind, period.first_day, None, None)
        tally = self.book.tallies.get(key, EMPTY)
        splits = self.book.splits.get((metric, entity, period.kind, period.first_day), ())
        parts = {
            split: self.book.tallies[key._replace(dimension=split[0], dimension_value=split[1])]
            for split in splits
            if split is not None
        }
        if method == RATIO:
            yield key, finish_ratio(tally, covered, closed), tally.excluded
        elif method == RATE:
            yield from self._rate_cells(key, tally, parts, entity, period, covered, closed)
        else:
            yield from _survival_cells(key, tally, parts, covered, closed)

    def _rate_cells(
        self,
        key: Key,
        tally: Tally,
        parts: dict[tuple[str, str], Tally],
        entity: Entity,
        period: Period,
        covered: bool,
        closed: bool,
    ) -> Iterator[tuple[Key, Cell, Counter[str]]]:
        metric = key.metric_id
        exposed = self.exposed[metric].get(entity, {}).get((period.kind, period.first_day), NOTHING)
        split_covered = covered
        if metric == "incident_rate" and entity[0] in ("team", "area") and not exposed.micros:
            covered = split_covered = False
        if metric == "deployment_frequency":
            split_covered = period in self.cover.covered("deployments", entity, [period])
        unit = RATE_UNITS[metric][1]
        yield key, finish_rate(tally, exposed, unit, covered, closed), tally.excluded
        for (dimension, value), part in parts.items():
            split_key = key._replace(dimension=dimension, dimension_value=value)
            yield split_key, finish_rate(part, exposed, unit, split_covered, closed), Counter()


def _survival_cells(
    key: Key, tally: Tally, parts: dict[tuple[str, str], Tally], covered: bool, closed: bool
) -> Iterator[tuple[Key, Cell, Counter[str]]]:
    cell, statistics = finish_survival(tally, covered, closed)
    yield key, cell, tally.excluded
    if tally.subjects or tally.excluded:
        for name, statistic in statistics.items():
            yield key._replace(dimension="statistic", dimension_value=name), statistic, Counter()
    for (dimension, value), part in parts.items():
        split_key = key._replace(dimension=dimension, dimension_value=value)
        yield split_key, finish_survival(part, covered, closed)[0], part.excluded


def is_finite(cell: Cell) -> bool:
    """Whether no figure of a cell is infinite or not a number."""
    return all(math.isfinite(x) for x in cell[:7] if x is not None)
