"""Metric values of a simulated organisation, worked out from the simulator's state and nothing else.

Belongs here: the definitions once more, over truth/state/*.parquet. Does not belong here: any log (but samples, which
no state holds), any code of the pipeline or of the other oracle. Plain Python; instants are microseconds, days
are dates of the reporting zone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime
from fractions import Fraction
from math import ceil
from pathlib import Path

from tests.oracle import (
    truth_automation,
    truth_availability,
    truth_budgets,
    truth_burns,
    truth_deployments,
    truth_exclusions,
    truth_incidents,
    truth_latency,
    truth_learning,
    truth_outcomes,
    truth_toil,
)
from tests.oracle.truth_automation import AMOUNTS, COUNTS, EFFECT
from tests.oracle.truth_incidents import CLOCKS
from tests.oracle.truth_ledger import DAY, HOUR, SECOND, Cell, Key, Ledger, Row, Tally, periods_of, rows_of, status_of

MONTH_SECONDS, WEEK_SECONDS = 2_629_800, 604_800
RATES = ("incident_rate", "deployment_frequency")
DURATIONS = (*CLOCKS, "lead_time", "failed_deployment_recovery_time", "postmortem_delay")
MINUTES = {"lead_time": 60, "postmortem_delay": 24 * 60}
RATIOS = (
    "reopen_rate", "change_fail_rate", "rework_rate", "rollback_rate", "automation_success", "self_healing_share",
    "tested_share", "progressive_share", "green_path_share", "rollback_automatic_success", "takeover_rate",
    "capacity_automation", "postmortem_coverage", "actions_on_time", "review_breadth",
    "repeat_share", "automation_coverage", "alert_precision", "declaration_completeness",
)  # fmt: skip
BUDGETS = ("error_budget_remaining", "burn_rate")
BLOCKS = ("availability_requests", "availability_time")
OTHERS = (
    "automation_harm", "averted_outages", "delivery_predictability", "market_outage_minutes", *BLOCKS,
    *truth_toil.METRICS, *AMOUNTS, *COUNTS, EFFECT,
)  # fmt: skip


class Truth(Ledger):
    """All undivided cells of an organisation at `as_of`, filled from the state."""

    def __init__(self, truth: Path, organisation: str, zone: str, start: datetime, as_of: datetime) -> None:
        super().__init__(truth, organisation, zone, start, as_of)
        known = [row for row in rows_of(truth, "incidents") if row["declared_at"] <= self.as_of]
        incidents = [truth_incidents.known(self, row) for row in known]
        truth_incidents.note(self, incidents, rows_of(truth, "incident_events"))
        truth_deployments.note(self, rows_of(truth, "deployments"), incidents)
        self._automation(truth, incidents)
        reviews = [row for row in rows_of(truth, "postmortems") if row["started_at"] <= self.as_of]
        truth_learning.note_reviews(self, reviews, incidents)
        truth_learning.note_actions(self, rows_of(truth, "postmortem_actions"), reviews, incidents)
        agreed = truth_exclusions.windows(rows_of(truth, "slo_exclusions"), self.as_of)
        truth_budgets.note_requests(self, truth, agreed)
        hours = list(truth_budgets.spent(truth, rows_of(truth, "slos"), agreed, self.until))
        truth_burns.note_budgets(self, hours, incidents, rows_of(truth, "incident_services"))
        truth_toil.fill(
            self, rows_of(truth, "teams"), rows_of(truth, "toil_entries"), incidents, rows_of(truth, "incident_events")
        )
        self.merged = truth_latency.note(self, truth)
        self.weighted = truth_outcomes.weighted(rows_of(truth, "outcomes"))
        truth_availability.note(self, truth, incidents)
        self.exposure = self._exposures()

    def _automation(self, truth: Path, incidents: list[Row]) -> None:
        runs, alerts = rows_of(truth, "automation_runs"), rows_of(truth, "alerts")
        versions = rows_of(truth, "automations")
        truth_automation.note_runs(self, runs)
        truth_automation.note_effects(self, alerts, runs)
        truth_automation.note_alerts(self, alerts)
        truth_automation.note_coverage(self, incidents, runs, versions)
        truth_automation.note(self, runs, versions)
        truth_automation.note_scalings(self, rows_of(truth, "capacity_events"))

    def _exposures(self) -> dict[tuple[str, str, str, date], tuple[int, int]]:
        """Microseconds of (service-time, the longest service of each day) by entity and period."""
        sums: dict[tuple[str, str, date], int] = defaultdict(int)
        most: dict[tuple[str, str, date], int] = defaultdict(int)
        for service, row in self.services.items():
            own: dict[tuple[str, str, date], int] = defaultdict(int)
            for low, high, day in self.pieces(row["moved_at"]):
                team = self.owner(service, low)
                area = self.areas[str(team)]
                for entity in (
                    ("service", service),
                    ("team", str(team)),
                    ("area", area),
                    ("portfolio", self.organisation),
                ):
                    own[(*entity, day)] += high - low
            for key, length in own.items():
                sums[key] += length
                most[key] = max(most[key], length)
        found: dict[tuple[str, str, str, date], list[int]] = defaultdict(lambda: [0, 0])
        for (kind, name, day), length in sums.items():
            for period_type, start in periods_of(day):
                entry = found[kind, name, period_type, start]
                entry[0] += length
                entry[1] += most[kind, name, day]
        return {key: (total, longest) for key, (total, longest) in found.items()}

    def cell(self, key: Key) -> Cell:
        """What an undivided cell must say."""
        if key.metric_id in truth_outcomes.MEASURES:
            return self._weighted(key)
        if key.metric_id in truth_latency.METRICS:
            return self._merged(key)
        tally = self.tallies.get(key, Tally())
        if key.metric_id in DURATIONS:
            return self._duration(tally, MINUTES.get(key.metric_id, 1))
        if key.metric_id in RATES:
            return self._rate(key, tally)
        if key.metric_id == "delivery_predictability":
            return self._predictability(tally)
        if key.metric_id in AMOUNTS:
            return self._amount(tally, AMOUNTS[key.metric_id])
        if key.metric_id == EFFECT:
            return self._effect(tally)
        if key.metric_id in COUNTS:
            return self._team_count(key, tally)
        if key.metric_id in BUDGETS:
            status = status_of(len(tally.days), tally.excluded)
            value = tally.hits / tally.events if status in ("ok", "provisional") else None
            return Cell(tally.hits / 1e6, tally.events / 1e6, len(tally.days), value, status)
        if key.metric_id == "market_outage_minutes":
            return self._outage(tally)
        by_days = key.metric_id in (*BLOCKS, *truth_toil.SHARES)
        n = len(tally.days) if by_days else tally.events
        status = status_of(n, tally.excluded)
        if key.metric_id in truth_toil.METRICS:
            return truth_toil.cell(key.metric_id, tally, status)
        value = tally.hits / tally.events if status in ("ok", "provisional") else None
        if value is not None and key.metric_id == "averted_outages":
            value = float(tally.hits)
        if value is not None and key.metric_id == "automation_harm":
            value = 1000 * value
        unit = HOUR if key.metric_id == "availability_time" else 1
        return Cell(tally.hits / unit, tally.events / unit, n, value, status)

    def _amount(self, tally: Tally, unit: int) -> Cell:
        status = status_of(tally.events, tally.excluded)
        total = tally.hits / unit
        return Cell(total, tally.events, tally.events, total if status in ("ok", "provisional") else None, status)

    def _effect(self, tally: Tally) -> Cell:
        status, value = status_of(tally.events, tally.excluded), None
        if status in ("ok", "provisional"):
            value, is_gross = truth_automation.effect(tally.classes)
            status = "provisional" if is_gross else status
        return Cell(tally.hits, tally.events, tally.events, value, status)

    def _team_count(self, key: Key, tally: Tally) -> Cell:
        """What cannot happen to a service; the sources speak of every team all the time."""
        exposed = self.exposure.get(("portfolio", self.organisation, *key[3:]), (0, 0))[1]
        exposed = 0 if key.entity_type == "service" else exposed
        status = status_of(exposed // DAY, tally.excluded)
        value = float(tally.hits) if status in ("ok", "provisional") else None
        return Cell(tally.hits, exposed / DAY, exposed // DAY, value, status)

    def _merged(self, key: Key) -> Cell:
        found, is_peak = self.merged.get(key, truth_latency.Merged()), key.metric_id == "peak_latency"
        status = status_of(len(found.days), Counter(other=found.unknown_peak + found.unstated))
        hits = found.requests - found.buckets[float("inf")] if is_peak else found.within
        value = None
        if status in ("ok", "provisional"):
            value = truth_latency.p95(found.buckets) if is_peak else hits / found.requests
        return Cell(hits, found.requests, len(found.days), value, status)

    def _weighted(self, key: Key) -> Cell:
        """No market is a team's: only the portfolio has any."""
        if key.entity_type != "portfolio":
            return Cell(0, 0, 0, None, "missing_source")
        weighted, n = self.weighted.get((key.metric_id, key.period_type, key.period_start_on), (0, 0))
        total, status = weighted / truth_outcomes.MILLION, status_of(n, Counter())
        return Cell(total, n, n, total / n if status in ("ok", "provisional") else None, status)

    def _outage(self, tally: Tally) -> Cell:
        minutes = tally.hits / (60 * SECOND)
        status = status_of(tally.events, tally.excluded)
        return Cell(minutes, tally.events, tally.events, minutes if status in ("ok", "provisional") else None, status)

    def _predictability(self, tally: Tally) -> Cell:
        lengths = sorted(length for length, _ in tally.subjects)
        n = len(lengths)
        status = status_of(n, tally.excluded)
        value = None
        if status in ("ok", "provisional"):
            first, middle, third = (lengths[ceil(Fraction(n * k, 4)) - 1] for k in (1, 2, 3))
            value = 1 - min(1.0, (third - first) / middle)
        return Cell(n, n, n, value, status)

    def _duration(self, tally: Tally, minutes: int) -> Cell:
        n = len(tally.subjects)
        status = status_of(n, tally.excluded)
        median = kaplan_meier_median(tally.subjects) if status in ("ok", "provisional") else None
        median = None if median is None else median / minutes
        return Cell(sum(seen for _, seen in tally.subjects), n, n, median, status)

    def _rate(self, key: Key, tally: Tally) -> Cell:
        total, longest = self.exposure.get((key.entity_type, key.entity_id, *key[3:]), (0, 0))
        is_incidents = key.metric_id == "incident_rate"
        exposed = total if is_incidents else longest
        units = Fraction(exposed, (MONTH_SECONDS if is_incidents else WEEK_SECONDS) * SECOND)
        n = exposed // DAY
        status = status_of(n, tally.excluded)
        if is_incidents and key.entity_type in ("team", "area") and not exposed:
            status = "missing_source"
        value = float(tally.hits / units) if status in ("ok", "provisional") else None
        return Cell(tally.hits, float(units), n, value, status)


def kaplan_meier_median(subjects: list[tuple[int, bool]]) -> float | None:
    """Minutes by which half are over; None if that is never seen."""
    at_risk, survival = len(subjects), Fraction(1)
    ends = Counter(length for length, seen in subjects if seen)
    gone = Counter(length for length, _ in subjects)
    for length in sorted(gone):
        if ends[length]:
            survival *= Fraction(at_risk - ends[length], at_risk)
            if survival <= Fraction(1, 2):
                return length / (60 * SECOND)
        at_risk -= gone[length]
    return None
