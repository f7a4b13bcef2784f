"""Which sentences are to be told of whom, from the facts and the cells: what each rests on, and its numbers."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import zip_longest
from math import floor, inf, sqrt
from statistics import NormalDist, median
from typing import NamedTuple

from tests.oracle.reference.book import Book
from tests.oracle.reference.catalogue import FOLLOW_UP
from tests.oracle.reference.cells import Cell, Key
from tests.oracle.reference.coverage import Entity
from tests.oracle.reference.facts import Facts, Incident, Recipe
from tests.oracle.reference.instants import DAY, MINUTE, Period
from tests.oracle.reference.noting import is_self_healed
from tests.oracle.reference.noting_automation import reuses
from tests.oracle.reference.noting_delivery import PROGRESSIVE
from tests.oracle.reference.ownership import Ownership

KINDS = (
    "averted_outage", "restore_time_fell", "healed_by_automation", "recipe_reused", "error_budget_held",
    "actions_on_time",
)  # fmt: skip
MOST, EACH_SIDE, SIDE_AT_MOST, WEEKS_AT_LEAST, READY_BEFORE = 5, 10, 100, 12, 90 * DAY
Z = NormalDist().inv_cdf(0.975)


class HighlightKey(NamedTuple):
    """What names a row of scorecard.highlights."""

    kind: str
    entity_id: str
    period_start_on: date
    subject_id: str
    alert_class: str | None


class Highlight(NamedTuple):
    """What a row says. `proofs` are identifiers of the facts, not of source rows."""

    events: int
    proofs: frozenset[str]
    parties: int | None = None
    events_before: int | None = None
    events_after: int | None = None
    median_before_minutes: float | None = None
    median_after_minutes: float | None = None
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    least_remaining_ratio: float | None = None


Found = Iterator[tuple[HighlightKey, Highlight]]
Proof = tuple[str, str, str, int, str, str]
"""Kind, team, subject, instant, party, identifier."""


class Highlights:
    """All highlights of an organisation."""

    def __init__(self, facts: Facts, book: Book, cells: Mapping[Key, Cell], ownership: Ownership) -> None:
        self.facts, self.book, self.cells, self.ownership = facts, book, cells, ownership
        self.calendar, self.as_of = book.clock.calendar, book.clock.as_of
        self.services = sorted({key.entity_id for key in cells if key.entity_type == "service"})
        quarters = {key.period_start_on for key in cells if key.period_type == "quarter"}
        self.quarters = [self.calendar.period("quarter", first.toordinal()) for first in sorted(quarters)]

    def rows(self, places: Sequence[tuple[Entity, str, date]]) -> dict[HighlightKey, Highlight]:
        """Every row of the table; `places` are the entities in their months and quarters."""
        there = {(entity[1], first) for entity, kind, first in places if entity[0] == "team" and kind == "quarter"}
        by_team: dict[tuple[str, date], dict[str, list[HighlightKey]]] = defaultdict(lambda: defaultdict(list))
        found = dict([*self._counted(), *self._restored(), *self._held()])
        for key in sorted(found, key=lambda key: (key.subject_id, key.alert_class or "")):
            by_team[key.entity_id, key.period_start_on][key.kind].append(key)
        chosen = []
        for place, kinds in by_team.items():
            turns = zip_longest(*(kinds[kind] for kind in KINDS))
            in_turn = [key for turn in turns for key in turn if key is not None]
            chosen += in_turn[:MOST] if place in there else []
        return {key: found[key] for key in chosen}

    def _proofs(self) -> Iterator[Proof]:
        for one in self.facts.deployments:
            if (
                one.team and one.service and one.is_production and one.strategy in PROGRESSIVE
                and one.outcome in ("aborted", "rolled_back") and one.abort_trigger == "analysis"
                and one.exposed_share is not None and one.exposed_share < 1 and one.is_failed is False
                and one.deployed_at is not None and one.deployed_at + FOLLOW_UP <= self.as_of
            ):  # fmt: skip
                yield "averted_outage", one.team, one.service, one.deployed_at, "", one.deployment_id
        for each in self.facts.incidents:
            ended, began = each.resolved_at, each.started_at or 0
            is_quiet = ended is not None and ended + FOLLOW_UP <= self.as_of
            if each.team and each.service and each.is_planned is False and is_quiet and is_self_healed(each):
                yield "healed_by_automation", each.team, each.service, began, "", each.incident_id
        for owner, first, at in reuses(self.facts, self.as_of):
            if owner is not None and first.team is not None:
                yield "recipe_reused", owner, str(first.derived_from), at, first.team, first.record
        published = {review.postmortem_id: review for review in self.facts.reviews if review.published_at is not None}
        agreed = defaultdict(list)
        for action in self.facts.actions:
            agreed[action.postmortem_id].append(action)
        for name, review in published.items():
            dues = [(action.due_at, action.done_at) for action in agreed[name]]
            if review.team and all(due is not None and done is not None and done <= due for due, done in dues):
                for action in agreed[name]:
                    last = max(due or 0 for due, _ in dues)
                    yield "actions_on_time", review.team, review.team, last, name, action.action_id

    def _counted(self) -> Found:
        grouped: dict[HighlightKey, list[tuple[str, str]]] = defaultdict(list)
        for kind, team, subject, at, party, proof in self._proofs():
            first = self.calendar.period("quarter", self.calendar.day_of(at)).first_day
            grouped[HighlightKey(kind, team, first, subject, None)].append((party, proof))
        for key, some in grouped.items():
            parties = {party for party, _ in some}
            yield key, Highlight(len(some), frozenset(p for _, p in some), None if parties == {""} else len(parties))

    def _held(self) -> Found:
        for quarter in self.quarters:
            last = self.calendar.day_of(quarter.ends - 1)
            for service in self.services if quarter.ends <= self.as_of else ():
                owner = self._owner(service, quarter)
                keys = [
                    key
                    for day in range(quarter.first_day.toordinal(), last + 1)
                    if date.fromordinal(day).isoweekday() == 7
                    and (key := self._budget(service, date.fromordinal(day) - timedelta(days=6))) in self.cells
                ]
                shown = [self.cells[key] for key in keys if self.cells[key].status in ("ok", "provisional")]
                known = [cell.value for cell in shown if cell.value is not None and cell.value >= 0]
                if owner and len(keys) >= WEEKS_AT_LEAST and len(known) == len(keys):
                    yield (
                        HighlightKey("error_budget_held", owner, quarter.first_day, service, None),
                        Highlight(
                            len(keys), frozenset(str(k.period_start_on) for k in keys), least_remaining_ratio=min(known)
                        ),
                    )

    @staticmethod
    def _budget(service: str, monday: date) -> Key:
        return Key("service", service, "error_budget_remaining", "week", monday, "statistic", "worst_objective")

    def _owner(self, service: str, quarter: Period) -> str | None:
        """The one team whose it was from the first to the last instant."""
        pieces = [t for t in self.ownership.tenures[service] if t.starts < quarter.ends and t.ends > quarter.starts]
        length = sum(min(t.ends, quarter.ends) - max(t.starts, quarter.starts) for t in pieces)
        owners = {t.team for t in pieces}
        return owners.pop() if len(owners) == 1 and length == quarter.ends - quarter.starts else None

    def _starts(self) -> Iterator[tuple[Recipe, int, str]]:
        """(version that ran first, its instant, alert class)."""
        versions = {(recipe.automation_id, recipe.version): recipe for recipe in self.facts.recipes}
        first: dict[str, tuple[int, str, str | None]] = {}
        for run in self.facts.runs:
            if run.mode == "live" and run.started_at is not None and run.automation_id is not None:
                mine = (run.started_at, run.run_id, run.version)
                first[run.automation_id] = min(mine, first.get(run.automation_id, mine), key=lambda run: run[:2])
        for automation, (at, _, version) in first.items():
            recipe = None if version is None else versions.get((automation, version))
            if recipe is None or recipe.team is None or recipe.formalised_at is None or recipe.tested_at is None:
                continue
            if at <= max(recipe.formalised_at, recipe.tested_at) + READY_BEFORE:
                for word in sorted({word for word in recipe.alert_classes if word}):
                    yield recipe, at, word

    def _restored(self) -> Found:
        classes = defaultdict(set)
        for alert in self.facts.alerts:
            classes[alert.incident_id].add(alert.alert_class)
        for recipe, live, word in self._starts():
            mine = [
                each
                for each in self.facts.incidents
                if each.team == recipe.team and each.is_planned is False and each.started_at is not None
                and (word in classes[each.incident_id] or word == each.fingerprint)
                and (each.resolved_at is None or each.resolved_at >= each.started_at)
            ]  # fmt: skip
            mine.sort(key=lambda each: (each.started_at or 0, each.incident_id))
            for place, quarter in enumerate(self.quarters):
                held = [quarter, *self.quarters[max(0, place - 1) : place]]
                if any(one.starts <= live < one.ends for one in held):
                    before = [e for e in mine if (e.started_at or 0) < live and e.resolved_at is not None]
                    after = [e for e in mine if live <= (e.started_at or 0) < quarter.ends]
                    fallen = _fall(before[-SIDE_AT_MOST:], after[:SIDE_AT_MOST])
                    if fallen is not None:
                        name = str(recipe.automation_id)
                        yield HighlightKey("restore_time_fell", str(recipe.team), quarter.first_day, name, word), fallen
                        break


def _times(incidents: Sequence[Incident]) -> list[float]:
    return [inf if e.resolved_at is None else float(e.resolved_at - (e.started_at or 0)) for e in incidents]


def _tenth_minutes(times: Sequence[float]) -> float:
    return floor((2 * median(times) + MINUTE / 10) / (MINUTE / 5)) / 10


def _fall(before: Sequence[Incident], after: Sequence[Incident]) -> Highlight | None:
    """Both sides, where those after were shorter beyond chance: by the ratios of all pairs."""
    old, new = _times(before), _times(after)
    if min(len(old), len(new)) < EACH_SIDE:
        return None
    ratios = sorted(a / b if b else inf for a in new for b in old)
    pairs = len(ratios)
    place = max(1, floor(pairs / 2 - Z * sqrt(pairs * (len(old) + len(new) + 1) / 12)))
    low, high = ratios[place - 1], ratios[pairs - place]
    if not (high < 1 and median(new) < median(old)):
        return None
    return Highlight(
        len(old) + len(new), frozenset(e.incident_id for e in (*before, *after)), None, len(old), len(new),
        _tenth_minutes(old), _tenth_minutes(new), median(ratios), low, high,
    )  # fmt: skip
