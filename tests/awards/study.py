"""Draws teams and gives them awards: no true change, and a true improvement from a quarter on.

Belongs here: what a team's quarter looks like, and the rule. Does not belong here: the tests (statistics.py), words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

from tests.awards.statistics import Doubles, Flags, fewer_events, fisher, holm, log_rank

BASELINE, IN_A_ROW, SHOWN_FROM, LOOKS = 4, 2, 5, 4
"""Quarters of the baseline, quarters that an award needs, events below which a cell shows nothing, looks in a year."""


@dataclass(frozen=True)
class Metric:
    """A scored metric of a team: events in a quarter, and what is bad of it.

    family: ratio (`level` is the share that goes wrong), rate (events are counted), duration (lognormal of this sigma),
    value (`level` is the estimate, `spread` its standard error). falls: whether a better value is lower.
    """

    family: str
    events: float
    level: float = 0.0
    spread: float = 1.0
    falls: bool = True


METRICS: Mapping[str, Metric] = {
    "change_fail_rate": Metric("ratio", 60, 0.12),
    "tested_share": Metric("ratio", 60, 0.10),
    "reopen_rate": Metric("ratio", 30, 0.08),
    "declaration_completeness": Metric("ratio", 12, 0.25),
    "automation_coverage": Metric("ratio", 40, 0.70),
    "automation_success": Metric("ratio", 80, 0.08),
    "alert_precision": Metric("ratio", 60, 0.50),
    "postmortem_coverage": Metric("ratio", 8, 0.30),
    "actions_on_time": Metric("ratio", 12, 0.40),
    "repeat_share": Metric("ratio", 40, 0.20),
    "incident_rate": Metric("rate", 40),
    "time_to_restore": Metric("duration", 40, spread=1.25),
    "lead_time": Metric("duration", 60, spread=1.0),
    "failed_deployment_recovery_time": Metric("duration", 8, spread=1.0),
    "postmortem_delay": Metric("duration", 8, spread=0.8),
    "error_budget_remaining": Metric("value", 1, 0.4, 0.15, falls=False),
    "net_automation_effect": Metric("value", 1, 0.25, 0.10, falls=False),
    "toil_share": Metric("value", 1, 0.35, 0.025),
    "unplanned_work_share": Metric("value", 1, 0.30, 0.025),
}
"""The scored metrics of the shipped policy, at what a team of some eight people may have in a quarter."""


@dataclass(frozen=True)
class Case:
    """A team: how many times the events above, and which metrics are bad by so much less after the baseline."""

    volume: float
    improved: tuple[str, ...] = ()
    by: float = 0.3


Shown = tuple[Flags, Doubles]
"""(whether it is better, p-value)."""
Compare = Callable[[int, int], Shown]
"""Of the quarters [first, last) against the baseline."""


def _ratio(dice: np.random.Generator, metric: Metric, case: Case, levels: Doubles, teams: int) -> Compare:
    n = dice.poisson(metric.events * case.volume, (teams, len(levels)))
    wrong = dice.binomial(n, metric.level * levels)
    base_n, base_wrong = n[:, :BASELINE].sum(axis=1), wrong[:, :BASELINE].sum(axis=1)

    def compare(first: int, last: int) -> Shown:
        of, bad = n[:, first:last].sum(axis=1), wrong[:, first:last].sum(axis=1)
        is_shown = (n[:, first:last] >= SHOWN_FROM).all(axis=1) & ((n[:, :BASELINE] >= SHOWN_FROM).sum(axis=1) >= 2)
        p = fisher(of - bad, of, base_n - base_wrong, base_n)
        return bad * base_n < base_wrong * of, np.where(is_shown, p, np.nan)

    return compare


def _rate(dice: np.random.Generator, metric: Metric, case: Case, levels: Doubles, teams: int) -> Compare:
    events = dice.poisson(metric.events * case.volume * levels, (teams, len(levels)))
    base = events[:, :BASELINE].sum(axis=1)

    def compare(first: int, last: int) -> Shown:
        now, quarters = events[:, first:last].sum(axis=1), last - first
        return now * BASELINE < base * quarters, fewer_events(now, base, BASELINE / (BASELINE + quarters))

    return compare


def _duration(dice: np.random.Generator, metric: Metric, case: Case, levels: Doubles, teams: int) -> Compare:
    n = dice.poisson(metric.events * case.volume, (teams, len(levels)))
    most = int(n.max())
    times = np.exp(dice.normal(0, metric.spread, (teams, len(levels), most))) * levels[None, :, None]
    times = np.where(np.arange(most) < n[:, :, None], times, np.nan)
    old = times[:, :BASELINE].reshape(teams, -1)

    def compare(first: int, last: int) -> Shown:
        is_shown = (n[:, first:last] >= SHOWN_FROM).all(axis=1) & ((n[:, :BASELINE] >= SHOWN_FROM).sum(axis=1) >= 2)
        z = log_rank(times[:, first:last].reshape(teams, -1), old)
        return z > 0, np.where(is_shown, stats.norm.sf(z), np.nan)

    return compare


def _value(dice: np.random.Generator, metric: Metric, case: Case, levels: Doubles, teams: int) -> Compare:
    true = metric.level * levels if metric.falls else 1 - (1 - metric.level) * levels
    error = metric.spread / np.sqrt(case.volume)
    size = (teams, len(levels))
    seen = dice.normal(true, error, size)
    # An error is estimated from some ninety days, and published limits are wider than it by Student's t.
    errors = error * np.sqrt(dice.chisquare(89, size) / 89) * stats.t.ppf(0.975, 89) / stats.norm.ppf(0.975)
    sign = -1.0 if metric.falls else 1.0
    base, base_variance = seen[:, :BASELINE].mean(axis=1), (errors[:, :BASELINE] ** 2).sum(axis=1) / BASELINE**2

    def compare(first: int, last: int) -> Shown:
        variance = (errors[:, first:last] ** 2).sum(axis=1) / (last - first) ** 2
        z = sign * (seen[:, first:last].mean(axis=1) - base) / np.sqrt(variance + base_variance)
        return z > 0, stats.norm.sf(z)

    return compare


FAMILIES = {"ratio": _ratio, "rate": _rate, "duration": _duration, "value": _value}


def awards(dice: np.random.Generator, case: Case, teams: int, quarters: int, alpha: float) -> Flags:
    """(teams, quarters after the baseline): whether the award is given at the end of that quarter."""
    every = BASELINE + quarters
    p = np.full((teams, quarters, len(METRICS)), np.nan)
    is_better = np.zeros((teams, quarters, len(METRICS)), bool)
    for place, (name, metric) in enumerate(METRICS.items()):
        levels = np.ones(every)
        if name in case.improved:
            levels[BASELINE:] = 1 - case.by
        compare = FAMILIES[metric.family](dice, metric, case, levels, teams)
        for quarter in range(quarters):
            is_better[:, quarter, place] = compare(BASELINE + quarter, BASELINE + quarter + 1)[0]
        for quarter in range(IN_A_ROW - 1, quarters):
            p[:, quarter, place] = compare(BASELINE + quarter + 1 - IN_A_ROW, BASELINE + quarter + 1)[1]
    given = np.zeros((teams, quarters), bool)
    for quarter in range(IN_A_ROW - 1, quarters):
        each = is_better[:, quarter + 1 - IN_A_ROW : quarter + 1].all(axis=1)
        with np.errstate(invalid="ignore"):
            given[:, quarter] = (each & (holm(p[:, quarter], LOOKS * len(METRICS)) < alpha)).any(axis=1)
    return given
