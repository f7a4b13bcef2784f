"""Scores against the policy, from the oracle's own cells, its own reading of policy.yml, and the published draws.

Belongs here: goals by tier, shrinkage, scores, pillars, bands, gaps. Does not belong here: what a policy may say.

Sources: DerSimonian and Laird 1986 (spread between teams); Wilson and Hilferty 1931 (gamma from a normal).
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import NormalDist
from typing import Any, NamedTuple

from tests.oracle.reference.catalogue import BLOCKS, BUDGET, METHODS, PART_UNITS, PER, RATE, RATIO, SURVIVAL, unit_of
from tests.oracle.reference.cells import Cell, Key
from tests.oracle.reference.changes import HIGHER_IS_BETTER
from tests.oracle.reference.coverage import Entity
from tests.oracle.reference.instants import DAY, HOUR, Period
from tests.oracle.reference.intervals import poisson
from tests.oracle.reference.noting_outages import tier_spans
from tests.oracle.reference.organisation import Organisation
from tests.oracle.reference.ownership import Ownership
from tests.oracle.reference.policy import rollout_phase, tables, team_cohorts

Z = NormalDist().inv_cdf(0.975)
SHOWN = ("ok", "provisional")
Place = tuple[Entity, str, date]
"""An entity, and a period by its kind and first day."""
TierDays = dict[Place, dict[int | None, float]]
Draws = Mapping[str, Sequence[tuple[float, float, float]]]
"""(z1, z2, u) of every draw, by slot."""
Band = tuple[float | None, float | None]


class MetricScore(NamedTuple):
    """What a row of scorecard.metric_scores says."""

    pillar: str
    value: float | None
    shrunk_value: float | None
    own_weight: float | None
    floor: float
    target: float
    weight: float | None
    minimum_n: int
    score: float | None
    low: float | None
    high: float | None
    status: str
    is_excused: bool
    policy_version: str


class Score(NamedTuple):
    """What a row of scorecard.scores says."""

    value: float | None
    low: float | None
    high: float | None
    status: str
    metrics: int
    scored_metrics: int
    excused_metrics: int
    excused_weight: float
    policy_version: str


class Gap(NamedTuple):
    """What a row of scorecard.gaps_to_target says."""

    value: float | None
    target: float
    gap: float | None
    gap_unit: str
    status: str


@dataclass
class Scored:
    """The three tables."""

    metrics: dict[tuple[Place, str], MetricScore]
    scores: dict[tuple[Place, str], Score]
    gaps: dict[tuple[Place, str], Gap]


@dataclass
class Judged:
    """A metric of an entity in a period on its way to a score."""

    cell: Cell
    metric: str
    goal: dict[str, Any]
    number_status: str
    excepted: bool
    rollout: str | None = None
    """Why the roll-out does not score it: not_started, not_scored_yet."""
    fitted: float | None = None
    size: float | None = None
    """Trials of a share; exposure of a rate, in independent events."""
    error: float | None = None
    own: float = 1.0
    shrunk: float | None = None

    @property
    def status(self) -> str:
        """Why it has no score, or ok or provisional."""
        if self.goal["weight"] is None:
            return "shown"
        if self.rollout is not None:
            return self.rollout
        return "excepted" if self.excepted else self.number_status

    @property
    def is_excused(self) -> bool:
        """Whether its pillar is complete without it."""
        idle = self.number_status == "no_exposure" and self.goal["excuses_no_exposure"]
        return self.goal["weight"] is not None and self.rollout is None and (self.excepted or idle)

    def natural(self, fitted: float) -> float:
        """Back from the scale on which it is fitted."""
        return math.exp(fitted) if METHODS[self.metric] == SURVIVAL else fitted

    def score_of(self, value: float) -> float:
        """0 at the floor, 100 at the target."""
        share = (value - self.goal["floor"]) / (self.goal["target"] - self.goal["floor"])
        return 100 * min(1.0, max(0.0, share))

    @property
    def score(self) -> float | None:
        """The metric's score."""
        if self.status not in SHOWN or self.shrunk is None:
            return None
        return self.score_of(self.shrunk)


def tier_days(organisation: Organisation, ownership: Ownership, periods: Sequence[Period], as_of: int) -> TierDays:
    """Days of services of each tier that teams, areas and the portfolio owned, by month and quarter."""
    found: TierDays = defaultdict(lambda: defaultdict(float))
    for service, tenures in ownership.tenures.items():
        for starts, ends, tier in tier_spans(organisation, service):
            for period in periods:
                if period.kind == "week":
                    continue
                low, high = max(starts, period.starts), min(ends, period.ends, as_of)
                whole: Entity = ("portfolio", organisation.name)
                pieces: list[tuple[Entity, int, int]] = [(whole, low, high)]
                for tenure in tenures:
                    span = max(low, tenure.starts), min(high, tenure.ends)
                    pieces += [(("team", tenure.team), *span)] if tenure.team else []
                    pieces += [(("area", tenure.area), *span)] if tenure.team and tenure.area else []
                for entity, first, last in pieces:
                    if first < last:
                        found[entity, period.kind, period.first_day][tier] += (last - first) / DAY
    return found


def scores(folder: Path, cells: Mapping[Key, Cell], days: TierDays, draws: Draws) -> Scored:
    """All three tables. draws: as published in scorecard.score_draws."""
    policy = tables(folder)
    judged = _judged(policy, cells, days, team_cohorts(folder))
    _shrink(judged)
    metrics, gaps = {}, {}
    drawn: dict[tuple[Place, str], list[tuple[float, float]] | None] = {}
    for (place, metric), each in judged.items():
        drawn[place, metric] = _drawn(each, draws[metric])
        low, high = _band(each.score, None if each.score is None else drawn[place, metric])
        goal = each.goal
        metrics[place, metric] = MetricScore(
            goal["pillar"], each.cell.value, each.shrunk, None if each.shrunk is None else each.own, goal["floor"],
            goal["target"], goal["weight"], goal["minimum_n"], each.score, low, high, each.status, each.is_excused,
            goal["policy_version"],
        )  # fmt: skip
        if place[0][0] == "team":
            gaps[place, metric] = _gap(each)
    return Scored(metrics, dict(_pillars(judged, drawn, draws)), gaps)


def _judged(
    policy: dict[str, list[dict[str, Any]]],
    cells: Mapping[Key, Cell],
    days: TierDays,
    cohorts: Mapping[str, Mapping[str, Any]],
) -> dict[tuple[Place, str], Judged]:
    goals: dict[tuple[str, date, date | None], dict[str, dict[int, dict[str, Any]]]] = {}
    for row in policy["policy"]:
        version = goals.setdefault((row["policy_version"], row["valid_from"], row["valid_to"]), {})
        version.setdefault(row["metric_id"], {})[row["tier"]] = row
    found = {}
    for key, cell in cells.items():
        if key.entity_type == "service" or key.period_type == "week" or key.dimension is not None:
            continue
        first = key.period_start_on
        held = [m for (_, since, until), m in goals.items() if since <= first and (until is None or first < until)]
        if not held or key.metric_id not in held[0]:
            continue
        place: Place = ((key.entity_type, key.entity_id), key.period_type, first)
        goal = _mean_goal(held[0][key.metric_id], days.get(place, {}))
        status = cell.status
        if status in SHOWN and cell.n < goal["minimum_n"]:
            status = "insufficient"
        elif status in SHOWN and cell.value is None:
            status = "not_reached"
        each = Judged(cell, key.metric_id, goal, status, _is_excepted(policy["policy_exceptions"], key))
        if key.entity_type == "team" and key.entity_id in cohorts:
            each.rollout = rollout_phase(cohorts[key.entity_id], first)
        if status in SHOWN:
            _fit(each)
        found[place, key.metric_id] = each
    return found


def _mean_goal(by_tier: dict[int, dict[str, Any]], days: Mapping[int | None, float]) -> dict[str, Any]:
    """Means over the service-days of each tier; what has no tier, or owns nothing, is held against tier 4."""
    shares: dict[int, float] = defaultdict(float)
    for tier, each in days.items():
        shares[tier or 4] += each
    if not shares:
        shares = {4: 1.0}
    total = sum(shares.values())

    def mean(column: str) -> float:
        return sum((by_tier[tier][column] or 0.0) * share for tier, share in shares.items()) / total

    weight = mean("weight")
    return {
        **by_tier[4], "floor": mean("floor"), "target": mean("target"), "weight": weight if weight > 1e-9 else None,
        "minimum_n": max(by_tier[tier]["minimum_n"] for tier in shares),
    }  # fmt: skip


def _is_excepted(exceptions: list[dict[str, Any]], key: Key) -> bool:
    """Whether exceptions hold on at least half of the days of the period."""
    if key.entity_type != "team":
        return False
    first = key.period_start_on
    months = {"month": 1, "quarter": 3}[key.period_type]
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    period = range(first.toordinal(), date(year, month + 1, 1).toordinal())
    excused = sum(
        one["valid_from"].toordinal() <= day < one["expires_on"].toordinal()
        for one in exceptions
        if (one["entity_type"], one["entity_id"], one["metric_id"]) == ("team", key.entity_id, key.metric_id)
        for day in period
    )
    return 2 * excused >= len(period)


def _fit(each: Judged) -> None:
    cell, method = each.cell, METHODS[each.metric]
    assert cell.value is not None
    if method == RATIO:
        each.fitted, each.size = cell.value, cell.denominator
    elif method == RATE:
        width = 1.0
        if cell.numerator:
            assert cell.high is not None
            upper = poisson(int(cell.numerator))[1] / cell.denominator
            width = max(1.0, (cell.high - cell.value) / (upper - cell.value))
        each.fitted, each.size = cell.value, cell.denominator / width**2
    elif method == SURVIVAL:
        each.fitted = _log(cell.value)
        low = None if cell.low is None else _log(cell.low)
        each.error = _error(each.fitted, low, None if cell.high is None else _log(cell.high))
    else:
        each.fitted = cell.value
        each.error = _error(cell.value, cell.low, cell.high)
    each.shrunk = cell.value


def _log(value: float) -> float:
    return math.log(max(value, 0.001))


def _error(value: float, low: float | None, high: float | None) -> float | None:
    if low is not None and high is not None:
        return (high - low) / (2 * Z)
    if low is not None:
        return (value - low) / Z
    return None if high is None else (high - value) / Z


def _shrink(judged: dict[tuple[Place, str], Judged]) -> None:
    """Pulls teams and areas toward the portfolio of the same period and metric."""
    groups: dict[tuple[str, date, str], list[tuple[Entity, Judged]]] = defaultdict(list)
    for (place, metric), each in judged.items():
        if each.fitted is not None:
            groups[place[1], place[2], metric].append((place[0], each))
    for members in groups.values():
        whole = [each for entity, each in members if entity[0] == "portfolio"]
        if not whole or whole[0].fitted is None:
            continue
        prior = whole[0].fitted
        fits = [(entity, each, _variance(each, prior)) for entity, each in members]
        known = [
            (float(e.fitted or 0.0), v) for entity, e, v in fits if entity[0] == "team" and v is not None and v > 0
        ]
        spread = _spread(known)
        for entity, each, variance in fits:
            if entity[0] == "portfolio" or spread is None or variance is None or variance <= 0:
                continue
            _pull(each, prior, variance, spread)


def _pull(each: Judged, prior: float, variance: float, spread: float) -> None:
    assert each.fitted is not None
    most = 4 * each.goal["minimum_n"] / each.cell.n
    wanted = math.inf
    if spread > 0:
        overlap = 1 / each.size if METHODS[each.metric] == RATIO and each.size else 0.0
        wanted = max(0.0, variance / spread - overlap)
    each.own = 1 / (1 + min(most, wanted))
    each.fitted = prior + each.own * (each.fitted - prior)
    each.shrunk = each.natural(each.fitted)


def _variance(each: Judged, prior: float) -> float | None:
    if METHODS[each.metric] == RATIO:
        assert each.size
        return prior * (PER.get(each.metric, 1) - prior) / each.size
    if METHODS[each.metric] == RATE:
        assert each.size
        return prior / each.size
    return None if each.error is None else each.error**2


def _spread(known: Sequence[tuple[float, float]]) -> float | None:
    """DerSimonian and Laird: the variance between what has a value and a variance; None with fewer than two."""
    if len(known) < 2:
        return None
    weights = [1 / variance for _, variance in known]
    total = math.fsum(weights)
    mean = math.fsum(w * value for w, (value, _) in zip(weights, known, strict=True)) / total
    q = math.fsum(w * (value - mean) ** 2 for w, (value, _) in zip(weights, known, strict=True))
    scale = total - math.fsum(w * w for w in weights) / total
    return max(0.0, (q - (len(known) - 1)) / scale) if scale > 0 else None


def _gamma(shape: float, z: float) -> float:
    return shape * max(0.0, 1 - 1 / (9 * shape) + z / (3 * math.sqrt(shape))) ** 3


def _drawn(each: Judged, draws: Sequence[tuple[float, float, float]]) -> list[tuple[float, float]] | None:
    """(score, weight) of every draw, or None where there is no score or no standard error."""
    if each.score is None or each.fitted is None or (each.size is None and each.error is None):
        return None
    weight = each.goal["weight"]
    found = []
    for z1, z2, u in draws:
        if METHODS[each.metric] == RATIO:
            assert each.size
            per, trials = PER.get(each.metric, 1), each.size / each.own
            share = each.fitted / per
            hits = _gamma(share * trials + 0.5, z1)
            rest = _gamma(max(0.0, 1 - share) * trials + 0.5, z2)
            value = per * (hits / (hits + rest) if hits + rest else share)
        elif METHODS[each.metric] == RATE:
            assert each.size
            exposure = each.size / each.own
            value = _gamma(each.fitted * exposure + 0.5, z1) / exposure
        else:
            assert each.error is not None
            value = each.natural(each.fitted + z1 * each.error * math.sqrt(each.own))
        found.append((each.score_of(value), weight * (0.75 + 0.5 * u)))
    return found


def _band(value: float | None, drawn: Sequence[tuple[float, float]] | None) -> Band:
    """The 25th and the 976th of 1,000 draws, and the value itself where it lies outside."""
    if value is None or drawn is None:
        return None, None
    order = sorted(score for score, _ in drawn)
    return min(value, order[24]), max(value, order[975])


def geometric(pairs: Sequence[tuple[float, float]]) -> float:
    """Weighted geometric mean of (score, weight), scores below 1 taken as 1."""
    weights = math.fsum(weight for _, weight in pairs)
    return math.exp(math.fsum(weight * math.log(max(score, 1.0)) for score, weight in pairs) / weights)


def _pillars(
    judged: dict[tuple[Place, str], Judged],
    drawn: dict[tuple[Place, str], list[tuple[float, float]] | None],
    draws: Draws,
) -> Iterator[tuple[tuple[Place, str], Score]]:
    members: dict[Place, dict[str, list[Judged]]] = defaultdict(lambda: defaultdict(list))
    for (place, _), each in judged.items():
        if each.goal["weight"] is not None:
            members[place][each.goal["pillar"]].append(each)
    for place, by_pillar in members.items():
        found: dict[str, Score] = {}
        bands: dict[str, list[tuple[float, float]] | None] = {}
        for pillar, metrics in by_pillar.items():
            standing = [each for each in metrics if not each.is_excused]
            pairs = [(each.score, each.goal["weight"]) for each in standing if each.score is not None]
            value, status = _value(len(standing), pairs, [each.status for each in metrics])
            clouds = [drawn[place, each.metric] for each in standing]
            weight = metrics[0].goal["pillar_weight"]
            bands[pillar] = _cloud(clouds, weight, draws[pillar]) if value is not None else None
            found[pillar] = Score(
                value, *_band(value, bands[pillar]), status, len(metrics), len(pairs), len(metrics) - len(standing),
                math.fsum(each.goal["weight"] for each in metrics if each.is_excused),
                metrics[0].goal["policy_version"],
            )  # fmt: skip
            yield (place, pillar), found[pillar]
        yield (place, "overall"), _overall(found, bands, {p: m[0].goal["pillar_weight"] for p, m in by_pillar.items()})


def _value(wanted: int, pairs: Sequence[tuple[float, float]], statuses: Sequence[str]) -> tuple[float | None, str]:
    """The mean and its status, of what stands; statuses: of all parts."""
    phases = {"not_scored_yet", "not_started"} & set(statuses)
    if phases:
        return None, phases.pop()
    if not wanted:
        return None, "excused"
    if len(pairs) < wanted:
        return None, "incomplete"
    return geometric(pairs), "provisional" if "provisional" in statuses else "ok"


def _cloud(
    clouds: Sequence[list[tuple[float, float]] | None], weight: float, slots: Sequence[tuple[float, float, float]]
) -> list[tuple[float, float]] | None:
    """The draws of a pillar, and of its weight in the whole."""
    known = [cloud for cloud in clouds if cloud is not None]
    if len(known) < len(clouds):
        return None
    return [
        (geometric(list(pairs)), weight * (0.75 + 0.5 * u)) for *pairs, (_, _, u) in zip(*known, slots, strict=True)
    ]


def _overall(
    found: Mapping[str, Score], bands: Mapping[str, list[tuple[float, float]] | None], weights: Mapping[str, float]
) -> Score:
    standing = {pillar: score for pillar, score in found.items() if score.status != "excused"}
    pairs = [(score.value, weights[pillar]) for pillar, score in standing.items() if score.value is not None]
    value, status = _value(len(standing), pairs, [score.status for score in found.values()])
    clouds = [bands[pillar] for pillar in standing]
    known = [cloud for cloud in clouds if cloud is not None]
    cloud = None
    if value is not None and len(known) == len(clouds):
        cloud = [(geometric(list(pairs)), 1.0) for pairs in zip(*known, strict=True)]
    return Score(
        value, *_band(value, cloud), status, sum(s.metrics for s in found.values()),
        sum(s.scored_metrics for s in found.values()), sum(s.excused_metrics for s in found.values()),
        math.fsum(s.excused_weight * weights[pillar] for pillar, s in found.items()),
        next(iter(found.values())).policy_version,
    )  # fmt: skip


def _gap(each: Judged) -> Gap:
    """What would reach the target, by the raw value."""
    cell, target, method = each.cell, each.goal["target"], METHODS[each.metric]
    sign = -1 if each.metric in HIGHER_IS_BETTER else 1
    is_summed = method in (RATIO, RATE, BLOCKS, BUDGET)
    if method in (RATIO, RATE):
        unit = "events"
    elif method == SURVIVAL:
        unit = {HOUR: "hours", DAY: "days"}.get(unit_of(each.metric), "minutes")
    elif is_summed:
        unit = "hours" if PART_UNITS.get(each.metric) == HOUR else "events"
    else:
        unit = "ratio"
    if each.rollout == "not_started":
        return Gap(cell.value, target, None, unit, each.rollout)
    if each.excepted or each.number_status not in SHOWN:
        return Gap(cell.value, target, None, unit, "excepted" if each.excepted else each.number_status)
    assert cell.value is not None
    per = PER.get(each.metric, 1)
    over = sign * (cell.numerator - target * cell.denominator / per if is_summed else cell.value - target)
    gap = max(0.0, float(math.ceil(over - 1e-9)) if method in (RATIO, RATE) else over if over > 1e-9 else 0.0)
    return Gap(cell.value, target, gap, unit, "open" if gap else "reached")
