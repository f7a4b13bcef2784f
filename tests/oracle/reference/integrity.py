"""Integrity signals by a route of their own: counts, what is expected, probabilities by scipy, false discovery rates.

What each signal looks at stands in integrity_looks.py and integrity_more.py.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from scipy.stats import betabinom, binom, false_discovery_control

from tests.oracle.reference import integrity_looks as looks
from tests.oracle.reference import integrity_more as more
from tests.oracle.reference.coverage import Cover, Entity, united
from tests.oracle.reference.facts import Facts
from tests.oracle.reference.instants import Calendar, Period
from tests.oracle.reference.integrity_looks import Look
from tests.oracle.reference.organisation import Organisation
from tests.oracle.reference.ownership import Ownership

OTHERS, OTHERS_PLAIN, FORMER = "others", "others, binomial", "former quarters"
NULLS: dict[str, tuple[str, str]] = {
    "severity_downgrade": (OTHERS, "incidents incidents.reopened"),
    "late_edit": ("even", "incidents incidents.reopened"),
    "backdating": (OTHERS, "incidents"),
    "incident_splitting": (FORMER, "incidents incidents.fingerprint"),
    "silent_incident": (OTHERS_PLAIN, "incidents sli_samples"),
    "quick_close_reopen": (OTHERS, "incidents incidents.reopened"),
    "trivial_padding": (FORMER, "automation_runs"),
    "credit_for_self_clearing": ("claims", "alerts automation_runs"),
    "slo_loosening": (OTHERS, "slos sli_samples"),
    "exclusion_abuse": ("shifts", "slo_exclusions sli_samples"),
    "deployment_splitting": (FORMER, "deployments deployments.version"),
    "relabelled_rollback": (OTHERS, "deployments deployments.version deployments.rollback_of"),
    "shrinking_denominator": ("cohort", "incidents"),
    "threshold_bunching": ("slope", "incidents incidents.acknowledged_at"),
    "minute_heaping": ("fifth", "incidents"),
}
WHOLE = ("threshold_bunching", "minute_heaping")
LEAST, LEAST_WHOLE, LEAST_BASELINE, RATE, PADDING = 5, 300, 20, 0.1, 0.05


class SignalKey(NamedTuple):
    """A row of scorecard.integrity_signals."""

    signal_id: str
    entity_type: str
    entity_id: str
    period_start_on: date


class Signal(NamedTuple):
    """What it says; is_conspicuous: it fires, unless a review cleared it."""

    is_closed: bool
    statistic: float | None
    baseline: float | None
    p_value: float | None
    q_value: float | None
    suspicious: int
    n: int
    baseline_n: int | None
    status: str
    condition_holds: bool | None
    is_conspicuous: bool
    evidence_rows: int
    evidence_ids: str | None
    published_value: float | None = None
    rescored_value: float | None = None


@dataclass
class Count:
    """The looks of one signal, entity and quarter."""

    records: int = 0
    n: int = 0
    suspicious: int = 0
    evidence: list[str] = field(default_factory=list)

    def add(self, look: Look) -> None:
        """One more."""
        self.records += 1
        self.n += look.is_counted
        self.suspicious += look.is_counted and look.is_suspicious
        if look.is_evidence:
            self.evidence.append(look.record.replace(",", ";"))


class Expected(NamedTuple):
    """An honest entity's share, its spread (0: binomial), from how many events; p where no count gives it."""

    share: float
    spread: float
    n: int | None
    p: float | None = None


Cell = tuple[str, str, date]
"""Signal, entity, first day of the quarter."""


class Integrity:
    """All signals of an organisation."""

    def __init__(
        self, facts: Facts, organisation: Organisation, ownership: Ownership, cover: Cover, periods: Sequence[Period]
    ) -> None:
        self.facts, self.organisation, self.ownership, self.cover = facts, organisation, ownership, cover
        self.quarters = [period for period in periods if period.kind == "quarter"]
        self.bounds = [(quarter.starts, quarter.ends) for quarter in self.quarters]
        self.counts: dict[Cell, Count] = defaultdict(Count)
        self.given: dict[Cell, Expected] = {}
        self.widths: dict[date, Counter[int]] = defaultdict(Counter)
        self.cohorts: dict[date, dict[str, list[more.Member]]] = {}
        for look in self._looks():
            self._count(look)

    def _quarter(self, at: int) -> Period | None:
        return next((q for q in self.quarters if q.starts <= at < q.ends), None)

    def _count(self, look: Look) -> None:
        quarter = self._quarter(look.at)
        if quarter is not None and look.entity is not None and look.at <= self.cover.as_of:
            self.counts[look.signal, look.entity, quarter.first_day].add(look)

    def _looks(self) -> Iterator[Look]:
        facts, as_of, name = self.facts, self.cover.as_of, self.organisation.name
        yield from looks.downgrades(facts)
        yield from looks.late_edits(facts)
        yield from looks.backdatings(facts)
        yield from looks.splits(facts)
        yield from looks.silent_incidents(facts, self.cover, as_of)
        yield from looks.quick_reopenings(facts)
        yield from looks.heaped_ends(facts, name)
        yield from more.trivial_runs(facts)
        yield from more.tiny_deployments(facts)
        yield from more.relabelled_rollbacks(facts)
        for width, look in looks.answers(facts, name):
            quarter = self._quarter(look.at)
            if quarter is not None:
                self.widths[quarter.first_day][width] += 1
            yield look
        broken = looks.breaches(facts)
        self.loosened = looks.loosenings(facts, self.ownership, broken)
        yield from looks.slo_loosenings(broken, self.loosened, self.bounds)
        self.shifts = looks.overlaps(facts, self.bounds, as_of)
        yield from looks.exclusions(facts, self.ownership, self.shifts)
        for quarter in self.quarters:
            found, claimed = more.claims(facts, (quarter.starts, quarter.ends), as_of)
            yield from claimed
            self._expect_claims(found, quarter)
            services = list(self.organisation.services.ids())
            cohorts = more.cohorts(services, self.ownership, self.cover, (quarter.starts, quarter.ends), as_of)
            yield from more.vanished_services(facts, cohorts)
            self.cohorts[quarter.first_day] = {team: members for team, (_, members) in cohorts.items()}
            self._expect_cohorts(cohorts, quarter)

    def _expect_claims(self, found: Mapping[str, list[more.Claim]], quarter: Period) -> None:
        for team, claims in found.items():
            untouched, elsewhere = sum(c.untouched for c in claims), sum(c.elsewhere for c in claims)
            if untouched:
                share = 1 - sum(c.expected_millionths for c in claims) / 1e6 / untouched
                expected = Expected(share, 1 / (elsewhere + 2), elsewhere)
                self.given["credit_for_self_clearing", team, quarter.first_day] = expected

    def _expect_cohorts(self, found: Mapping[str, tuple[int, list[more.Member]]], quarter: Period) -> None:
        for team, (_, members) in found.items():
            whole = sum(member.ends - member.starts for member in members)
            gone = sum(member.ends - member.starts for member in members if member.gone is not None)
            if 0 < gone < whole:
                self.given["shrinking_denominator", team, quarter.first_day] = Expected(gone / whole, 0, None)

    def _expected(self, cell: Cell) -> Expected | None:
        signal, entity, first = cell
        null = NULLS[signal][0]
        if null in ("even", "fifth"):
            return Expected(0.5 if null == "even" else 0.2, 0, None)
        if null == "slope":
            widths = self.widths[first]
            low, high = widths[-3] + widths[-2], widths[1] + widths[2]
            step = ((low + 0.5) / (high + 0.5)) ** 0.25
            return Expected(step / (1 + step), 0, low + high) if low + high else None
        if null == "shifts":
            return self._shifted(entity, first)
        if null in ("claims", "cohort"):
            return self.given.get(cell)
        groups = list(self._compared(cell))
        if not groups or (null != FORMER and len(groups) < 2):
            return None
        hits, n = sum(group.suspicious for group in groups), sum(group.n for group in groups)
        share = (hits + 0.5) / (n + 1)
        return Expected(share, 0 if null == OTHERS_PLAIN else _spread(groups, share), n)

    def _compared(self, cell: Cell) -> Iterator[Count]:
        """The other teams' counts of the quarter; or the team's own of closed quarters within the year before."""
        signal, entity, first = cell
        for (other_signal, other, day), count in self.counts.items():
            if other_signal != signal or not count.n:
                continue
            if NULLS[signal][0] != FORMER:
                if other != entity and day == first:
                    yield count
            elif other == entity and day < first <= _years_later(day) and self._is_closed(day):
                yield count

    def _is_closed(self, first: date) -> bool:
        return next(q for q in self.quarters if q.first_day == first).ends <= self.cover.as_of

    def _shifted(self, team: str, first: date) -> Expected:
        """The exact distribution over all shifts of the team's windows of the quarter by the same whole hours."""
        quarter = next(q for q in self.quarters if q.first_day == first)
        own = [
            self.shifts[window.exclusion_id]
            for window in self.facts.exclusions
            if window.exclusion_id in self.shifts
            and quarter.starts <= window.starts < quarter.ends
            and self.ownership.owner(window.service, window.starts)[0] == team
        ]
        if not own:
            return Expected(0, 0, None, 1.0)
        hours, at = own[0][0], Counter(shift for _, shifts in own for shift in shifts)
        p = 1.0 if not at[0] else sum(count >= at[0] for count in at.values()) / hours
        return Expected(sum(at.values()) / hours / len(own) if hours else 0, 0, None, p)

    def _condition(self, cell: Cell) -> bool | None:
        """Whether padding is worth the name, and impact is flat or change_fail_rate fell; None: nothing is known."""
        count = self.counts.get(cell, Count())
        if cell[0] in ("trivial_padding", "deployment_splitting"):
            if not count.n:
                return None
            if count.suspicious / count.n < PADDING:
                return False
        return True if cell[0] == "trivial_padding" else self._compared_well(cell)

    def _compared_well(self, cell: Cell) -> bool | None:
        signal, team, first = cell
        if signal not in ("incident_splitting", "deployment_splitting"):
            return None
        parts = self._impacts if signal == "incident_splitting" else self._failures
        former = [
            parts[team, quarter.first_day]
            for quarter in self.quarters
            if (team, quarter.first_day) in parts
            and quarter.first_day < first <= _years_later(quarter.first_day)
            and quarter.ends <= self.cover.as_of
        ]
        if (team, first) not in parts or not former:
            return None
        (now, size), before = parts[team, first], tuple(map(sum, zip(*former, strict=True)))
        if signal == "incident_splitting":
            return bool(now * before[1] * 2 <= before[0] * size * 3)
        return bool(now * before[1] < before[0] * size)

    def _prepare_conditions(self) -> None:
        self._impacts: dict[tuple[str, date], tuple[int, int]] = {}
        stretches = defaultdict(list)
        for incident in looks.unplanned(self.facts):
            start, end = incident.started_at, incident.resolved_at
            if incident.team and incident.service and start is not None and end is not None:
                stretches[incident.team, incident.service].append((start, end))
        for (team, _), some in stretches.items():
            for start, end in united(some):
                quarter = self._quarter(start)
                if quarter is not None:
                    former = self._impacts.get((team, quarter.first_day), (0, 1))
                    self._impacts[team, quarter.first_day] = (former[0] + end - start, 1)
        self._failures: dict[tuple[str, date], tuple[int, int]] = {}
        for each in self.facts.deployments:
            quarter = None if each.deployed_at is None else self._quarter(each.deployed_at)
            if each.is_production and each.is_failed is not None and each.team and quarter is not None:
                failed, of = self._failures.get((each.team, quarter.first_day), (0, 0))
                self._failures[each.team, quarter.first_day] = (failed + each.is_failed, of + 1)

    def signals(self, spans: Mapping[Entity, tuple[int, int]]) -> dict[SignalKey, Signal]:
        """Every signal of every team, or of the organisation, in every quarter in which it exists."""
        self._prepare_conditions()
        found: dict[SignalKey, Signal] = {}
        for signal in NULLS:
            for entity, (low, high) in spans.items():
                if entity[0] != ("portfolio" if signal in WHOLE else "team"):
                    continue
                for quarter in self.quarters:
                    if low < quarter.ends and high >= quarter.starts:
                        key = SignalKey(signal, entity[0], entity[1], quarter.first_day)
                        found[key] = self._signal(key, quarter)
        return _with_rates(found)

    def _signal(self, key: SignalKey, quarter: Period) -> Signal:
        cell = (key.signal_id, key.entity_id, quarter.first_day)
        count = self.counts.get(cell, Count())
        expected = self._expected(cell) if count.n else None
        is_whole = key.signal_id in WHOLE
        kinds = NULLS[key.signal_id][1].split()
        covered = all(
            any(low < quarter.ends and quarter.starts < high for low, high in self.cover.intervals(kind, key[1:3]))
            for kind in kinds
        )
        status = "ok"
        if not covered:
            status = "missing_source"
        elif not count.n:
            status = "no_exposure"
        elif (
            (count.records if is_whole else count.n) < (LEAST_WHOLE if is_whole else LEAST)
            or expected is None
            or (expected.n is not None and expected.n < LEAST_BASELINE)
        ):
            status = "insufficient"
        share = statistic = p = None
        if status == "ok" and expected is not None:
            share, statistic, p = expected.share, count.suspicious / count.n, _tail(count, expected)
        ids = ",".join(sorted(count.evidence, key=str.encode)) or None
        rescored: tuple[float | None, float | None] = (None, None)
        if key.signal_id == "slo_loosening":
            rescored = looks.budgets(self.facts, self.loosened, key.entity_id, (quarter.starts, quarter.ends))
        elif key.signal_id == "shrinking_denominator" and count.records:
            rescored = more.rates(count.n, count.suspicious, self.cohorts[quarter.first_day][key.entity_id])
        shown = None if expected is None else expected.n
        return Signal(
            quarter.ends <= self.cover.as_of, statistic, share, p, None, count.suspicious, count.n, shown, status,
            self._condition(cell), False, len(count.evidence), ids, *rescored,
        )  # fmt: skip


def quarters_of(cover: Cover, calendar: Calendar) -> list[Period]:
    """From the quarter in which any source begins to speak to that of the instant."""
    first = min((row.starts for row in cover.rows), default=cover.as_of)
    return calendar.periods("quarter", first, cover.as_of) if first <= cover.as_of else []


def _years_later(first: date) -> date:
    return date(first.year + 1, first.month, 1)


def _spread(groups: Sequence[Count], share: float) -> float:
    """Moments of the groups' shares beyond chance (Kleinman 1973), and that the expectation was counted."""
    hits, n = sum(group.suspicious for group in groups), sum(group.n for group in groups)
    squares = sum(group.n**2 for group in groups)
    quotients = sum(group.suspicious**2 * 1_000_000 // group.n for group in groups) / 1e6
    degrees, between = len(groups) - 1, 0.0
    room = n - squares / n - degrees
    if degrees >= 1 and room > 0:
        between = ((quotients - hits * hits / n) / (share * (1 - share)) - degrees) / room
        between = min(0.9, max(0.0, between))
    return min(0.95, between * (1 + squares / n**2) + (1 - between) / (n + 2))


def _tail(count: Count, expected: Expected) -> float:
    if expected.p is not None:
        return expected.p
    if not expected.spread:
        return float(binom.sf(count.suspicious - 1, count.n, expected.share))
    precision = (1 - expected.spread) / expected.spread
    alpha, beta = expected.share * precision, (1 - expected.share) * precision
    return float(betabinom.sf(count.suspicious - 1, count.n, alpha, beta))


def _with_rates(found: dict[SignalKey, Signal]) -> dict[SignalKey, Signal]:
    """With Benjamini and Hochberg's rates over the tests of each quarter, and what is conspicuous."""
    for first in {key.period_start_on for key in found}:
        tested = [key for key, one in found.items() if key.period_start_on == first and one.p_value is not None]
        p_values = [found[key].p_value for key in tested]
        rates = false_discovery_control(p_values, method="bh") if tested else []
        for key, rate in zip(tested, rates, strict=True):
            one = found[key]
            needs = key.signal_id in ("incident_splitting", "deployment_splitting")
            more_than = one.suspicious > (one.baseline or 0) * one.n
            is_odd = bool(rate < RATE and more_than and (one.condition_holds or not needs))
            found[key] = one._replace(q_value=float(rate), is_conspicuous=is_odd)
    return found
