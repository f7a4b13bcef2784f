"""Who is given the award for sustained improvement, and why not, from the cells, the guardrails and the policy."""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from tests.oracle.reference import intervals
from tests.oracle.reference.catalogue import METHODS, RATE, RATIO, SURVIVAL
from tests.oracle.reference.cells import EMPTY, Cell, Key
from tests.oracle.reference.coverage import Entity
from tests.oracle.reference.finishing import NOTHING
from tests.oracle.reference.guardrails import Baseline, Guardrail, GuardrailKey, Guards, fisher
from tests.oracle.reference.policy import directions, rollout_phase, team_cohorts
from tests.oracle.reference.spine import Spine

AWARD = "sustained_improvement"
LOOKS = 4
"""Quarters of a year, each of which may bring the award."""
Z = 1.959963984540054


class AwardKey(NamedTuple):
    """What names a row of scorecard.awards."""

    entity_type: str
    entity_id: str
    award_id: str
    period_type: str
    period_start_on: date


class Award(NamedTuple):
    """What a row says."""

    granted: bool
    withheld_codes: str | None
    policy_version: str


class TestKey(NamedTuple):
    """What names a row of scorecard.award_tests."""

    entity_id: str
    period_start_on: date
    metric_id: str


class Test(NamedTuple):
    """What a row says."""

    quarters_better: int | None
    metrics: int
    p_value: float | None
    corrected_p: float | None
    is_improved: bool


def normal_tail(z: float) -> float:
    """P(Z >= z)."""
    return 0.5 * math.erfc(z / math.sqrt(2))


def binomial_tail(hits: int, n: int, share: Fraction) -> float:
    """P(X >= hits) among n, in whole numbers."""
    if hits == 0:
        return 1.0
    yes, no = share.numerator, share.denominator - share.numerator
    ways = sum(math.comb(n, k) * yes**k * no ** (n - k) for k in range(hits, n + 1))
    return float(Fraction(ways, share.denominator**n))


def log_rank(new: Sequence[tuple[int, bool]], old: Sequence[tuple[int, bool]]) -> float | None:
    """Standard deviations by which the new ones end more often than expected; None where nothing could differ."""
    ahead, variances = [], []
    everyone, newcomers = (sorted(duration for duration, _ in some) for some in ([*new, *old], new))
    ended = Counter(duration for duration, seen in (*new, *old) if seen)
    new_ended = Counter(duration for duration, seen in new if seen)
    for time, ends in ended.items():
        at_risk = len(everyone) - bisect_left(everyone, time)
        share = (len(newcomers) - bisect_left(newcomers, time)) / at_risk
        ahead.append(new_ended[time] - ends * share)
        if at_risk > 1:
            variances.append(ends * share * (1 - share) * (at_risk - ends) / (at_risk - 1))
    variance = math.fsum(variances)
    return math.fsum(ahead) / math.sqrt(variance) if variance > 0 else None


class Awards:
    """All awards of an organisation."""

    def __init__(self, guards: Guards, spine: Spine, guardrails: Mapping[GuardrailKey, Guardrail]) -> None:
        self.guards, self.spine, self.guardrails = guards, spine, guardrails
        self.cells, self.book = guards.cells, guards.book
        self.baseline = guards.baseline()
        self.cohorts = team_cohorts(guards.folder)
        self.better = directions()

    def rows(self) -> tuple[dict[AwardKey, Award], dict[TestKey, Test]]:
        """Rows of the two tables."""
        awards: dict[AwardKey, Award] = {}
        tests: dict[TestKey, Test] = {}
        closed = [f for e, k, f in self.guards.places if k == "quarter" and e[0] == "portfolio" and self._over(f)]
        there = {(entity, first) for entity, kind, first in self.guards.places if kind == "quarter"}
        for version, begins, ends in self.guards.versions:
            for entity, first in sorted(there):
                if entity[0] != "team" or first not in closed or first < begins or (ends and first >= ends):
                    continue
                rules = version["awards"][AWARD]
                place = sorted(closed).index(first)
                asked = sorted(closed)[max(0, place + 1 - rules["quarters"]) : place + 1]
                members = [
                    each
                    for each in asked
                    if (entity, each) in there and self.baseline is not None and each >= self.baseline.judged_from
                ]
                some = self._tests(entity, members, version)
                for metric, test in some.items():
                    tests[TestKey(entity[1], first, metric)] = test
                key = AwardKey(*entity, AWARD, "quarter", first)
                awards[key] = self._award(entity, members, some.values(), version)
        return awards, tests

    def _over(self, first: date) -> bool:
        return self.book.clock.calendar.period("quarter", first.toordinal()).ends <= self.book.clock.as_of

    def _award(
        self, entity: Entity, members: Sequence[date], tests: Iterable[Test], version: Mapping[str, Any]
    ) -> Award:
        codes = []
        if len(members) < version["awards"][AWARD]["quarters"]:
            codes.append("no_baseline" if self.baseline is None else "too_few_quarters")
        if not any(test.is_improved for test in tests):
            codes.append("no_improvement")
        cohort = self.cohorts.get(entity[1])
        if cohort is not None and any(rollout_phase(cohort, first) for first in members):
            codes.append("not_scored_yet")
        for first in members:
            for key, row in self.guardrails.items():
                same = (key.entity_type, key.entity_id) == entity and key.period_type == "quarter"
                if same and key.period_start_on == first and row.status not in ("held", "excepted", "no_exposure"):
                    codes.append(f"guardrail_{row.status}:{key.guardrail_id}:{first}")
        return Award(not codes, ",".join(sorted(codes)) or None, version["version"])

    def _tests(self, entity: Entity, members: Sequence[date], version: Mapping[str, Any]) -> dict[str, Test]:
        rules = version["awards"][AWARD]
        scored = scored_metrics(version)
        found: dict[str, tuple[int | None, float | None]] = {}
        for metric in scored:
            found[metric] = (None, None)
            if len(members) == rules["quarters"] and self.baseline is not None:
                found[metric] = self._compare(entity, metric, members, self.baseline)
        order = sorted(scored, key=lambda metric: (found[metric][1] is None, found[metric][1] or 0.0, metric))
        tests, former = {}, 0.0
        for place, metric in enumerate(order):
            better, p = found[metric]
            corrected = None if p is None else min(1.0, max(former, p * (LOOKS * len(scored) - place)))
            former = corrected or former
            won = corrected is not None and better == rules["quarters"] and corrected < rules["alpha"]
            tests[metric] = Test(better, len(scored), p, corrected, won)
        return tests

    def _shown(self, entity: Entity, metric: str, quarters: Iterable[date]) -> list[Key]:
        keys = [Key(*entity, metric, "quarter", first, None, None) for first in quarters]
        return [key for key in keys if key in self.cells and self.cells[key].status in ("ok", "provisional")]

    def _compare(
        self, entity: Entity, metric: str, members: Sequence[date], baseline: Baseline
    ) -> tuple[int | None, float | None]:
        """(quarters that are better, p-value of all of them together)."""
        old = self._shown(entity, metric, baseline.quarters)
        new = self._shown(entity, metric, members)
        if len(new) < len(members) or len(old) < self.guards.stated["baseline"]["at_least"]:
            return None, None
        singles = [self._test([key], old) for key in new]
        if all(single is None for single in singles):
            return None, None
        better = sum(single is not None and single[0] for single in singles)
        whole = self._test(new, old)
        return better, None if whole is None else whole[1]

    def _test(self, new: Sequence[Key], old: Sequence[Key]) -> tuple[bool, float] | None:
        """(whether it is better, p-value of being so by chance), or None where nothing can be tested."""
        metric = new[0].metric_id
        up = self.better[metric] == "up"
        method = METHODS[metric]
        if method == RATIO:
            (hits, n), (base, of) = self._counted(new, up), self._counted(old, up)
            return hits * of > base * n, fisher(hits, n, base, of)
        if method == RATE:
            return self._rates(new, old, up)
        if method == SURVIVAL:
            z = log_rank(*([s for key in keys for s in self.book.tallies[key].subjects] for keys in (new, old)))
        else:
            z = _by_limits([self.cells[key] for key in new], [self.cells[key] for key in old])
            z = z if up or z is None else -z
        return None if z is None else (z > 0, normal_tail(z))

    def _counted(self, keys: Iterable[Key], up: bool) -> tuple[int, int]:
        tallies = [self.book.tallies.get(key, EMPTY) for key in keys]
        n, hits = sum(tally.n for tally in tallies), sum(tally.numerator for tally in tallies)
        return (hits if up else n - hits), n

    def _rates(self, new: Sequence[Key], old: Sequence[Key], up: bool) -> tuple[bool, float]:
        sides, dispersion = [], 1.0
        for keys in (new, old):
            events, micros = 0, 0
            for key in keys:
                tally = self.book.tallies.get(key, EMPTY)
                by_period = self.spine.exposed[key.metric_id, "cell"].get((key.entity_type, key.entity_id), {})
                exposed = by_period.get((key.period_type, key.period_start_on), NOTHING)
                counts = [(x, exposed.by_day[day]) for day, x in tally.days.items() if day in exposed.by_day]
                phi = intervals.dispersion(counts, exposed.micros, exposed.days, tally.numerator)
                dispersion = max(dispersion, phi)
                events, micros = events + tally.numerator, micros + exposed.micros
            sides.append((events, micros))
        (now, now_micros), (before, before_micros) = sides
        is_better = (now * before_micros > before * now_micros) if up else (now * before_micros < before * now_micros)
        counted = [math.floor(events / dispersion + 1e-7) for events, _ in sides]
        exposure = now_micros if up else before_micros
        share = Fraction(exposure, now_micros + before_micros)
        return is_better, binomial_tail(counted[0] if up else counted[1], sum(counted), share)


def _by_limits(new: Sequence[Cell], old: Sequence[Cell]) -> float | None:
    """z of the weighted means, each error from the wider side of the published limits."""
    means, variance = [], 0.0
    for cells in (new, old):
        weight = math.fsum(cell.denominator for cell in cells)
        mean = 0.0
        for cell in cells:
            if cell.value is None or cell.low is None or cell.high is None or not weight or cell.denominator <= 0:
                return None
            part = cell.denominator / weight
            mean += part * cell.value
            variance += (part * max(cell.value - cell.low, cell.high - cell.value) / Z) ** 2
        means.append(mean)
    return (means[0] - means[1]) / math.sqrt(variance) if variance > 0 else None


def scored_metrics(version: Mapping[str, Any]) -> list[str]:
    """The metrics that a version scores in any tier."""
    return [
        metric
        for pillar in version["pillars"].values()
        for metric, goal in pillar["metrics"].items()
        if any({**goal, **goal.get("tiers", {}).get(t, {})}.get("phase", "scored") == "scored" for t in range(1, 5))
    ]
