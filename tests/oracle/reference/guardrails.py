"""The verdict of every guardrail, by entity and period, from what is judged (judging.py) and the policy.

Belongs here: coverage, exceptions, counting, limits, the comparison with the frozen baseline.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from math import comb
from statistics import median
from typing import Any, NamedTuple

from tests.oracle.reference.book import Book
from tests.oracle.reference.cells import EMPTY, Cell, Key
from tests.oracle.reference.coverage import Entity
from tests.oracle.reference.facts import Facts
from tests.oracle.reference.instants import MINUTE, Period
from tests.oracle.reference.judging import Judge, Judged
from tests.oracle.reference.organisation import Organisation
from tests.oracle.reference.ownership import bounds
from tests.oracle.reference.policy import directions, stated_spans

MEASURES = {
    "oversight": (("unapproved", ("runs", "deployments")),),
    "audit_trail": (("untraceable", ("runs", "deployments")),),
    "harm": (("automation_harm", ("runs",)),),
    "risk_taking": (("over_budget", ("deployments",)),),
    "over_automation": (("unrehearsed", ("versions",)), ("takeover_rate", ("takeovers",))),
    "escalation": (("unanswered", ("incidents",)),),
}
WORST_FIRST = ("breached", "missing_source", "unknown", "excepted", "held", "no_exposure")
HELD = {"held": True, "excepted": True, "breached": False}
SHOWN = 20


class GuardrailKey(NamedTuple):
    """What names a row of scorecard.guardrails."""

    entity_type: str
    entity_id: str
    guardrail_id: str
    period_type: str
    period_start_on: date


class Guardrail(NamedTuple):
    """What a row says."""

    held: bool | None
    status: str
    measure: str
    observed: float | None
    threshold: float
    n: int
    failed: int
    unknown: int
    excepted: int
    evidence_ids: str | None
    evidence_rows: int
    approver_role: str | None
    median_review_minutes: float | None
    policy_version: str


Excusable = tuple[Judged, str | None]
"""A record, and the role that excused it."""


class Baseline(NamedTuple):
    """First days of its quarters, and the first day that is judged."""

    quarters: tuple[date, ...]
    judged_from: date


class Guards:
    """All verdicts of an organisation."""

    def __init__(self, organisation: Organisation, facts: Facts, book: Book, cells: Mapping[Key, Cell]) -> None:
        self.book, self.name = book, organisation.name
        self.folder = organisation.folder
        self.stated, self.versions = stated_spans(organisation.folder)
        self.tiers = {
            service: [(*bounds(s), s.tier) for s in organisation.services.spans if s.entity_id == service]
            for service in organisation.services.ids()
        }
        self.facts = facts
        self.better = directions()
        self.cells = cells
        self.places = sorted(
            {
                ((key.entity_type, key.entity_id), key.period_type, key.period_start_on)
                for key in cells
                if key.entity_type in ("team", "portfolio") and key.period_type in ("month", "quarter")
            }
        )

    def _period(self, kind: str, first: date) -> Period:
        return self.book.clock.calendar.period(kind, first.toordinal())

    def verdicts(self) -> dict[GuardrailKey, Guardrail]:
        """Every row of scorecard.guardrails."""
        found: dict[GuardrailKey, Guardrail] = {}
        baseline = self.baseline()
        for version, begins, ends in self.versions:
            judged = self._by_period(Judge(self.facts, self.book, self.tiers, version).all())
            for entity, kind, first in self.places:
                if begins <= first and (ends is None or first < ends):
                    period = self._period(kind, first)
                    for guardrail in MEASURES:
                        key = GuardrailKey(*entity, guardrail, kind, first)
                        some = judged.get((guardrail, kind, first), ())
                        found[key] = self._of_records(guardrail, entity, period, some, version)
                    key = GuardrailKey(*entity, "non_inferiority", kind, first)
                    found[key] = self._compared(entity, period, version, baseline)
        return found

    def _by_period(self, records: Iterable[Judged]) -> dict[tuple[str, str, date], list[Excusable]]:
        """By guardrail and period, the records where sources speak."""
        kept = defaultdict(list)
        for record in records:
            unit: Entity = ("portfolio", self.name)
            if record.service is not None or record.team is not None:
                unit = ("service", record.service) if record.service is not None else ("team", str(record.team))
            if self.book.cover.speaks(f"{record.guardrail}.{record.part}", "cell", unit, record.at):
                day = self.book.clock.calendar.day_of(record.at)
                role = self._excused(record, date.fromordinal(day))
                for kind in ("month", "quarter"):
                    first = self.book.clock.calendar.period(kind, day).first_day
                    kept[record.guardrail, kind, first].append((record, role))
        return kept

    def _exceptions(self, guardrail: str) -> Iterator[Mapping[str, Any]]:
        return (one for one in self.stated.get("exceptions", []) if one.get("guardrail") == guardrail)

    def _excused(self, record: Judged, day: date) -> str | None:
        for kind, name in (("service", record.service), ("team", record.team)):
            for one in self._exceptions(record.guardrail):
                if name is not None and one.get(kind) == name and one["from"] <= day < one["expires_on"]:
                    return str(one["approver_role"])
        return None

    def _of_records(
        self,
        guardrail: str,
        entity: Entity,
        period: Period,
        judged: Iterable[Excusable],
        version: Mapping[str, Any],
    ) -> Guardrail:
        mine = [(record, role) for record, role in judged if entity[0] == "portfolio" or record.team == entity[1]]
        rows = []
        for measure, parts in MEASURES[guardrail]:
            covered = all(self.book.cover.covered(f"{guardrail}.{part}", "cell", entity, [period]) for part in parts)
            some = [(record, role) for record, role in mine if record.part in parts]
            rows.append(_count(guardrail, measure, some, covered, version))
        return min(rows, key=lambda row: WORST_FIRST.index(row.status))

    def baseline(self) -> Baseline | None:
        """The first closed quarters, or the last ones before the day that the policy names."""
        rules = self.stated["baseline"]
        closed = sorted({f for _, k, f in self.places if k == "quarter" and self._is_closed(f)})
        before, asked = rules.get("before"), rules["quarters"]
        if before is not None:
            return Baseline(tuple([first for first in closed if first < before][-asked:]), before)
        if len(closed) < asked:
            return None
        last = self._period("quarter", closed[asked - 1])
        after = date.fromordinal(self.book.clock.calendar.day_of(last.ends))
        return Baseline(tuple(closed[:asked]), after)

    def _is_closed(self, first: date) -> bool:
        return self._period("quarter", first).ends <= self.book.clock.as_of

    def pooled(self, entity: Entity, metric: str, quarters: Iterable[date]) -> tuple[int, int, int]:
        """(numerator, denominator, quarters that have anything) of a ratio."""
        parts = []
        for first in quarters:
            key = Key(*entity, metric, "quarter", first, None, None)
            cell, tally = self.cells.get(key), self.book.tallies.get(key, EMPTY)
            if cell is not None and cell.status != "missing_source" and tally.n:
                parts.append((tally.numerator, tally.n))
        return sum(x for x, _ in parts), sum(n for _, n in parts), len(parts)

    def _compared(
        self, entity: Entity, period: Period, version: Mapping[str, Any], baseline: Baseline | None
    ) -> Guardrail:
        rules = version["guardrails"]["non_inferiority"]
        tested: list[tuple[float | None, int, str, int]] = []
        covered, based = True, True
        for metric in rules["metrics"]:
            key = Key(*entity, metric, period.kind, period.first_day, None, None)
            spoken = self.cells[key].status != "missing_source"
            tally = self.book.tallies.get(key, EMPTY)
            rises, n = self.better[metric] == "up", tally.n
            wrong = n - tally.numerator if rises else tally.numerator
            hits, base, quarters = self.pooled(entity, metric, baseline.quarters if baseline else ())
            is_based = (
                baseline is not None
                and period.first_day >= baseline.judged_from
                and quarters >= self.stated["baseline"]["at_least"]
            )
            covered, based = covered and spoken, based and (is_based or not spoken)
            p = None
            if spoken and n and is_based:
                p = fisher(wrong, n, base - hits if rises else hits, base)
            tested.append((p, n, metric, wrong))
        many = sum(p is not None for p, *_ in tested)
        ps = {metric: min(1.0, p * many) for p, _, metric, _ in tested if p is not None}
        worse = sorted(metric for metric, p in ps.items() if p < rules["alpha"])
        role = self._excused_whole(entity, period)
        status = "held"
        if worse:
            status = "breached" if role is None else "excepted"
        elif not covered:
            status = "missing_source"
        elif not based:
            status = "no_baseline"
        elif not ps:
            status = "no_exposure"
        _, n, chosen, _ = min(tested, key=lambda one: (ps.get(one[2], 2.0), -one[1], one[2]))
        return Guardrail(
            HELD.get(status), status, chosen, min(ps.values(), default=None), float(rules["alpha"]), n,
            len(worse) if status == "breached" else 0, 0, len(worse) if status == "excepted" else 0,
            ",".join(f"metrics/{metric}" for metric in worse) or None, len(worse),
            role if status == "excepted" else None, None, version["version"],
        )  # fmt: skip

    def _excused_whole(self, entity: Entity, period: Period) -> str | None:
        ends = date.fromordinal(self.book.clock.calendar.day_of(period.ends - 1))
        for one in self._exceptions("non_inferiority"):
            if entity == ("team", one.get("team")) and one["from"] <= period.first_day and ends < one["expires_on"]:
                return str(one["approver_role"])
        return None


def fisher(hits: int, n: int, other_hits: int, other_n: int) -> float:
    """How likely as many hits or more among n are, given all of them: hypergeometric, in whole numbers."""
    drawn, of = hits + other_hits, n + other_n
    ways = sum(comb(n, k) * comb(other_n, drawn - k) for k in range(hits, min(n, drawn) + 1))
    return float(Fraction(ways, comb(of, drawn)))


def _limit(guardrail: str, measure: str, version: Mapping[str, Any]) -> tuple[Fraction, int | None]:
    """The policy's limit, and in how many it is stated where it is a share."""
    rules = version["guardrails"].get(guardrail, {})
    if measure == "automation_harm":
        return Fraction(str(rules["limit_per_1000"])), 1000
    if measure == "takeover_rate":
        return Fraction(str(rules["takeover_limit"])), 1
    return Fraction(rules["allowance"] if guardrail == "risk_taking" else 0), None


def _count(
    guardrail: str,
    measure: str,
    records: list[Excusable],
    covered: bool,
    version: Mapping[str, Any],
) -> Guardrail:
    limit, per = _limit(guardrail, measure, version)
    n = sum(record.concerns is True for record, _ in records)
    against = [(record, role) for record, role in records if record.fails is not False]
    excused = [(record.record, role) for record, role in against if role is not None]
    failed = [record.record for record, role in against if role is None and record.fails]
    unknown = [record.record for record, role in against if role is None and record.fails is None]
    allowed = limit if per is None else limit * n / per
    status = "held"
    if len(failed) > allowed:
        status = "breached"
    elif not covered:
        status = "missing_source"
    elif len(failed) + len(unknown) > allowed:
        status = "unknown"
    elif n == 0:
        status = "no_exposure"
    elif len(against) > allowed:
        status = "excepted"
    named = [*sorted(failed), *sorted(unknown), *sorted(name for name, _ in excused)][:SHOWN]
    reviews = [record.review for record, _ in records if record.review is not None]
    observed = float(len(failed)) if per is None else (per * len(failed) / n if n else None)
    return Guardrail(
        HELD.get(status), status, measure, observed, float(limit), n, len(failed), len(unknown), len(excused),
        ",".join(sorted(named)) or None, len(against), min((str(role) for _, role in excused), default=None),
        float(Fraction(median(reviews)) / MINUTE) if reviews else None, version["version"],
    )  # fmt: skip
