"""Metric values of a simulated organisation, worked out from the simulator's state and nothing else.

Belongs here: the definitions once more, over truth/state/*.parquet. Does not belong here: any log (but samples, which
no state holds), any code of the pipeline or of the other oracle. Plain Python; instants are microseconds, days
are dates of the reporting zone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq

from tests.oracle import (
    truth_automation,
    truth_availability,
    truth_exclusions,
    truth_latency,
    truth_outcomes,
    truth_toil,
)
from tests.oracle.truth_automation import AMOUNTS, COUNTS, EFFECT
from tests.oracle.truth_budgets import Spent, reached, spent
from tests.oracle.truth_burns import episodes

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
MONTH_SECONDS, WEEK_SECONDS = 2_629_800, 604_800
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
RATES = ("incident_rate", "deployment_frequency")
CLOCKS = ("time_to_detect", "time_to_acknowledge", "time_to_mitigate", "time_to_restore")
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
PROGRESSIVE = ("canary", "blue_green")
Row = dict[str, Any]


class Key(NamedTuple):
    """An undivided cell."""

    entity_type: str
    entity_id: str
    metric_id: str
    period_type: str
    period_start_on: date


class Cell(NamedTuple):
    """What it says."""

    numerator: float
    denominator: float
    n: int
    value: float | None
    status: str


@dataclass
class Tally:
    """What a cell counts; `subjects` are (microseconds, whether the end was seen)."""

    hits: int = 0
    events: int = 0
    excluded: Counter[str] = field(default_factory=Counter)
    subjects: list[tuple[int, bool]] = field(default_factory=list)
    days: set[date] = field(default_factory=set)
    classes: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0, 0]))
    """By class of alerts: cleared, answered, cleared by itself, left alone."""


def micros(instant: datetime) -> int:
    """Since 1970."""
    return (instant.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)


def rows_of(truth: Path, kind: str) -> list[Row]:
    """Rows of a state table, instants as microseconds."""
    rows: list[Row] = pq.read_table(truth / "state" / f"{kind}.parquet").to_pylist()
    return [{k: micros(v) if isinstance(v, datetime) else v for k, v in row.items()} for row in rows]


class Truth:
    """All undivided cells of an organisation at `as_of`, filled from the state."""

    def __init__(self, truth: Path, organisation: str, zone: str, start: datetime, as_of: datetime) -> None:
        self.organisation = organisation
        self.zone = ZoneInfo(zone)
        self.start, self.as_of, self.until = micros(start), micros(as_of), as_of
        self.services = {row["service"]: row for row in rows_of(truth, "services")}
        self.areas = {row["team"]: row["area"] for row in rows_of(truth, "teams")}
        self.tallies: dict[Key, Tally] = defaultdict(Tally)
        self.failures: dict[int, list[Row]] = {}
        self.agreed_samples = 0
        self.day_of = cache(self._day_of)
        incidents = [self._known(row) for row in rows_of(truth, "incidents") if row["declared_at"] <= self.as_of]
        deployments = rows_of(truth, "deployments")
        self._incidents(incidents, rows_of(truth, "incident_events"))
        self._deployments(deployments, incidents)
        self._practices([row for row in deployments if row["environment"] in (None, "production")])
        runs = rows_of(truth, "automation_runs")
        self._runs(runs)
        alerts = rows_of(truth, "alerts")
        truth_automation.note_effects(self, alerts, runs)
        for row in alerts:
            if row["was_paged"]:
                owner = self.owner(row["service"], row["fired_at"])
                self.count("alert_precision", row["service"], owner, row["fired_at"], row["action_taken"])
        versions = rows_of(truth, "automations")
        self._covered(incidents, runs, versions)
        truth_automation.note(self, runs, versions)
        reviews = [row for row in rows_of(truth, "postmortems") if row["started_at"] <= self.as_of]
        self._reviews(reviews, incidents)
        self._actions(rows_of(truth, "postmortem_actions"), reviews, incidents)
        self._scalings(rows_of(truth, "capacity_events"))
        agreed = truth_exclusions.windows(rows_of(truth, "slo_exclusions"), self.as_of)
        self._requests(truth, agreed)
        hits = rows_of(truth, "incident_services")
        self._budgets(list(spent(truth, rows_of(truth, "slos"), agreed, self.until)), incidents, hits)
        truth_toil.fill(
            self, rows_of(truth, "teams"), rows_of(truth, "toil_entries"), incidents, rows_of(truth, "incident_events")
        )
        self.merged: dict[Key, truth_latency.Merged] = defaultdict(truth_latency.Merged)
        self._latency(truth)
        self.weighted = truth_outcomes.weighted(rows_of(truth, "outcomes"))
        truth_availability.note(self, truth, incidents)
        self.exposure = self._exposures()

    # Entities and periods

    def owner(self, service: str | None, at: int) -> str | None:
        """The team that owned a service then."""
        if service is None:
            return None
        row = self.services[service]
        moved = row["moved_at"] is not None and at >= row["moved_at"]
        return str(row["moved_to"] if moved else row["team"])

    def _day_of(self, at: int) -> date:
        return (EPOCH + timedelta(microseconds=at)).astimezone(self.zone).date()

    def tallies_of(
        self, metric: str, service: str | None, team: str | None, at: int, window: int = 0
    ) -> Iterator[Tally]:
        """The tallies that an event counts for: of the periods that hold it, or whose end is in its window."""
        day = self.day_of(at)
        periods = tuple(reached(day, window, self.day_of(self.as_of))) if window else periods_of(day)
        area = self.areas[team] if team else None
        names = (("service", service), ("team", team), ("area", area), ("portfolio", self.organisation))
        for entity_type, name in names:
            for period_type, start in periods:
                if name is not None:
                    yield self.tallies[Key(entity_type, name, metric, period_type, start)]

    def on_day(self, metric: str, names: list[tuple[str, str]], day: date) -> Iterator[Tally]:
        """The tallies of these entities that hold a day."""
        for entity_type, name in names:
            for period_type, start in periods_of(day):
                yield self.tallies[Key(entity_type, name, metric, period_type, start)]

    def count(self, metric: str, service: str | None, team: str | None, at: int, outcome: bool | str) -> None:
        """One event: counted, in the numerator too if True, or excluded for a reason."""
        for tally in self.tallies_of(metric, service, team, at):
            if isinstance(outcome, str):
                tally.excluded[outcome] += 1
            else:
                tally.events += 1
                tally.hits += outcome

    def add(self, metric: str, service: str | None, team: str | None, at: int, amount: int | str) -> None:
        """What one event adds to a sum, or why it is left out."""
        for tally in self.tallies_of(metric, service, team, at):
            if isinstance(amount, str):
                tally.excluded[amount] += 1
            else:
                tally.events += 1
                tally.hits += amount

    # Incidents

    def _known(self, row: Row) -> Row:
        """What had happened to an incident by as_of."""

        def by_now(name: str) -> int | None:
            return row[name] if row[name] is not None and row[name] <= self.as_of else None

        first, again = by_now("first_resolved_at"), by_now("reopened_at")
        start = row["impact_started_at"] if row["impact_started_at"] is not None else row["declared_at"]
        return {
            **row,
            "start": start,
            "owner": row["team_id"] or self.owner(row["service"], start),
            "detected": by_now("detected_at"),
            "ack": by_now("acknowledged_at"),
            "mitigated": by_now("mitigated_at"),
            "first": first,
            "again": again,
            "end": first if again is None else by_now("resolved_at"),
            "closed": by_now("closed_at"),
        }

    def _incidents(self, incidents: list[Row], events: list[Row]) -> None:
        hands = defaultdict(list)
        for event in events:
            if event["actor"] == "person":
                hands[event["incident"]].append(event["event_at"])
        for row in incidents:
            if row["is_planned"] is not True:
                self._incident(row, hands[row["incident"]])

    def _incident(self, row: Row, hands: list[int]) -> None:
        where = (row["service"], row["owner"], row["start"])
        if row["is_planned"] is None:
            for metric in ("incident_rate", *CLOCKS, "self_healing_share"):
                self.count(metric, *where, "planned_unknown")
            if row["first"] is not None:
                self.count("reopen_rate", row["service"], row["owner"], row["first"], "planned_unknown")
            return
        is_over = row["end"] is not None or row["closed"] is not None
        self.count("incident_rate", *where, True)
        self._clock("time_to_acknowledge", row, row["ack"], is_over, "acknowledgement_unknown")
        self._clock("time_to_detect", row, row["detected"], True, "detection_unknown")
        self._clock("time_to_mitigate", row, row["mitigated"], is_over, "mitigation_time_unknown")
        self._clock("time_to_restore", row, row["end"], is_over, "resolution_time_unknown")
        if row["first"] is not None:
            young = row["first"] + 7 * DAY > self.as_of
            again = row["again"] is not None and row["again"] - row["first"] <= 7 * DAY
            self.count("reopen_rate", row["service"], row["owner"], row["first"], "immature" if young else again)
        self.count("self_healing_share", *where, self._healed(row, hands, is_over))

    def _clock(self, metric: str, row: Row, stop: int | None, is_over: bool, reason: str) -> None:
        if stop is None and is_over:
            self.count(metric, row["service"], row["owner"], row["start"], reason)
            return
        length = (self.as_of if stop is None else stop) - row["start"]
        for tally in self.tallies_of(metric, row["service"], row["owner"], row["start"]):
            if length < 0:
                tally.excluded["negative_duration"] += 1
            else:
                tally.subjects.append((length, stop is not None))

    def _healed(self, row: Row, hands: list[int], is_over: bool) -> bool | str:
        end = row["end"]
        if not is_over or (end is not None and end + DAY > self.as_of):
            return "immature"
        if row["resolved_by"] is None:
            return "outcome_unknown"
        if row["resolved_by"] != "automation":
            return False
        if end is None:
            return "outcome_unknown"
        again = row["again"] is not None and 0 < row["again"] - row["first"] <= DAY
        return not again and not any(hand < end for hand in hands)

    # Deployments

    def _deployments(self, deployments: list[Row], incidents: list[Row]) -> None:
        live = [row for row in deployments if row["environment"] == "production"]
        blamed = self._blamed(live, incidents)
        undone = {row["rollback_of"] for row in deployments if row["rollback_of"] is not None}
        returns = version_returns(deployments)
        for row in deployments:
            where = (row["service"], self.owner(row["service"], row["finished_at"]), row["finished_at"])
            if row["environment"] is None:
                for metric in ("deployment_frequency", "change_fail_rate", "rework_rate", "rollback_rate"):
                    self.count(metric, *where, "environment_unknown")
            if row["environment"] != "production":
                continue
            if row["outcome"] in (None, "succeeded"):
                self.count("deployment_frequency", *where, "outcome_unknown" if row["outcome"] is None else True)
            young = row["finished_at"] + DAY > self.as_of
            failed = self._failed(row, blamed, undone)
            if failed:
                self.failures[row["deployment"]] = blamed.get(row["deployment"], [{}])
            self.count("change_fail_rate", *where, "immature" if young else "unknown" if failed is None else failed)
            fix = row["is_unplanned_fix"]
            self.count("rework_rate", *where, "unknown" if fix is None else bool(fix))
            self.count("rollback_rate", *where, row["deployment"] in returns)

    def _failed(self, row: Row, blamed: dict[int, list[Row]], undone: set[int]) -> bool | None:
        if row["deployment"] in blamed or row["outcome"] == "failed":
            return True
        if row["outcome"] in ("aborted", "rolled_back"):
            share = row["exposed_share"]
            if share is None and row["strategy"] == "all_at_once":
                share = 1.0
            return None if share is None else bool(share >= 1)
        if row["deployment"] in undone:
            return True
        if row["outcome"] == "succeeded":
            return False
        return False if row["finished_at"] + DAY <= self.as_of and row["finished_at"] >= self.start else None

    def _blamed(self, live: list[Row], incidents: list[Row]) -> dict[int, list[Row]]:
        """Deployments that unplanned incidents are put down to, with these."""
        by_id = {row["deployment"]: row for row in live}
        by_service = defaultdict(list)
        rollbacks = defaultdict(list)
        for row in live:
            by_service[row["service"]].append((row["finished_at"], f"dep-{row['deployment']:07d}", row["deployment"]))
            cause = by_id.get(row["rollback_of"])
            if cause is not None and cause["service"] == row["service"]:
                rollbacks[row["service"]].append((row["finished_at"], cause))
        for ordered in by_service.values():
            ordered.sort()
        found: dict[int, list[Row]] = defaultdict(list)
        for row in incidents:
            if row["is_planned"] is not False:
                continue
            cause = self._cause(row, by_id, by_service[row["service"]], rollbacks[row["service"]])
            if cause is None:
                self.count("change_fail_rate", row["service"], row["owner"], row["start"], "incident_unlinked")
            else:
                found[cause].append(row)
        return found

    def _cause(self, row: Row, by_id: dict[int, Row], ordered: list[Any], rollbacks: list[Any]) -> int | None:
        start = row["start"]
        if row["caused_by_deployment_id"] in by_id:
            return int(row["caused_by_deployment_id"])
        until = self.as_of if row["end"] is None else row["end"]
        undone = [
            (cause["finished_at"], cause["deployment"])
            for at, cause in rollbacks
            if start <= at <= until and cause["finished_at"] <= start
        ]
        if undone:
            return int(max(undone)[1])
        place = bisect_right(ordered, (start + 1,)) - 1
        is_near = place >= 0 and start - ordered[place][0] <= DAY
        return int(ordered[place][2]) if is_near else None

    def _practices(self, deployments: list[Row]) -> None:
        """How deployments were made. Runs after _deployments, which says which failed."""
        first: dict[str, tuple[int, str, int]] = {}
        by_hand = defaultdict(list)
        for row in deployments:
            if row["environment"] == "production":
                here = (row["finished_at"], f"dep-{row['deployment']:07d}", row["deployment"])
                first[row["service"]] = min(first.get(row["service"], here), here)
                if row["rollback_of"] is not None and row["rollback_trigger"] == "person":
                    by_hand[row["service"]].append((row["finished_at"], row["deployment"]))
        firsts = {each[2] for each in first.values()}
        for row in deployments:
            at = row["finished_at"]
            where = (row["service"], self.owner(row["service"], at), at)
            verdicts = self._verdicts(row, by_hand[row["service"]])
            if row["environment"] is None:
                verdicts = dict.fromkeys(verdicts.keys() - {"rollback_automatic_success"}, "environment_unknown")
            for metric, verdict in verdicts.items():
                self.count(metric, *where, verdict)
            for metric in ("lead_time", "delivery_predictability"):
                self._lead_time(metric, row, where, firsts)
            if row["environment"] == "production" and self.failures.get(row["deployment"]):
                self._recovery(row, where, self.failures[row["deployment"]])

    def _verdicts(self, row: Row, by_hand: list[tuple[int, int]]) -> dict[str, bool | str]:
        at, tests, strategy, gates = row["finished_at"], row["tests"], row["strategy"], row["gates_skipped"]
        conditions = [
            row["outcome"] == "succeeded", None if tests is None else tests == "passed",
            None if strategy is None else strategy in PROGRESSIVE, None if gates is None else gates == 0,
        ]  # fmt: skip
        green: bool | str = False if False in conditions else "unknown" if None in conditions else True
        share = 1.0 if row["exposed_share"] is None and strategy == "all_at_once" else row["exposed_share"]
        stopped = row["outcome"] in ("aborted", "rolled_back") and share is not None and share < 1
        averted: bool | str = stopped and not self.failures.get(row["deployment"])
        if averted:
            averted = "unknown" if row["abort_trigger"] is None else row["abort_trigger"] == "analysis"
        found: dict[str, bool | str] = {
            "tested_share": "unknown" if tests is None else tests == "passed",
            "progressive_share": "unknown" if strategy is None else strategy in PROGRESSIVE,
            "green_path_share": "unknown" if row["outcome"] is None else green,
            "averted_outages": "immature" if at + DAY > self.as_of else averted,
        }
        if row["outcome"] is None:
            found["averted_outages"] = "unknown"
        if row["rollback_of"] is not None:
            again = any(at <= hand <= at + HOUR for hand, other in by_hand if other != row["deployment"])
            by, outcome = row["rollback_trigger"], row["outcome"]
            automatic: bool | str = by == "automation" and outcome == "succeeded" and not again
            if by is None or (by == "automation" and outcome is None):
                automatic = "unknown"
            found["rollback_automatic_success"] = "immature" if at + HOUR > self.as_of else automatic
        return found

    def _lead_time(self, metric: str, row: Row, where: tuple[Any, ...], firsts: set[int]) -> None:
        if row["environment"] is None:
            self.count(metric, *where, "environment_unknown")
        elif row["deployment"] in firsts or row["outcome"] in ("failed", "aborted", "rolled_back"):
            self.count(metric, *where, "base or not delivered")
        elif row["first_commit_at"] is None:
            self.count(metric, *where, "first_commit_unknown")
        else:
            for tally in self.tallies_of(metric, *where):
                tally.subjects.append((row["finished_at"] - row["first_commit_at"], True))

    def _recovery(self, row: Row, where: tuple[Any, ...], incidents: list[Row]) -> None:
        metric = "failed_deployment_recovery_time"
        caused = [each for each in incidents if each]
        starts = [each["start"] for each in caused]
        failed = min(starts, default=None) if row["failed_at"] is None else row["failed_at"]
        if failed is None:
            self.count(metric, *where, "failure_time_unknown")
            return
        restored = row["restored_at"] if row["restored_at"] is None or row["restored_at"] <= self.as_of else None
        over = [each["end"] is not None or each["closed"] is not None for each in caused]
        if restored is None and caused and all(over):
            if any(each["end"] is None for each in caused):
                self.count(metric, where[0], where[1], failed, "restoration_time_unknown")
                return
            restored = max(each["end"] for each in caused)
        for tally in self.tallies_of(metric, where[0], where[1], failed):
            tally.subjects.append(((self.as_of if restored is None else restored) - failed, restored is not None))

    # Runs

    def _runs(self, runs: list[Row]) -> None:
        for row in runs:
            if row["mode"] in ("dry_run", "shadow"):
                continue
            outcome: bool | str = "mode_unknown"
            if row["mode"] is not None:
                outcome = "outcome_unknown" if row["outcome"] is None else row["outcome"] == "succeeded"
            where = (row["service"], self.owner(row["service"], row["started_at"]), row["started_at"])
            self.count("automation_success", *where, outcome)
            harmed = row["harmed_incident_id"] is not None or row["reversed_at"] is not None
            for metric, hit in (("takeover_rate", row["taken_over_at"] is not None), ("automation_harm", harmed)):
                self.count(metric, *where, "mode_unknown" if row["mode"] is None else hit)

    def _covered(self, incidents: list[Row], runs: list[Row], versions: list[Row]) -> None:
        """Whether a version that was written down and tested before the incident ran live in it."""
        ready = {(row["automation"], row["version"]): max(row["formalised_at"], row["tested_at"]) for row in versions}
        modes: dict[int, list[tuple[int, str | None]]] = defaultdict(list)
        for row in runs:
            if row["incident"] is not None:
                modes[row["incident"]].append((ready[row["automation"], row["version"]], row["mode"]))
        for row in incidents:
            if row["is_planned"] is True:
                continue
            fit = {mode for at, mode in modes[row["incident"]] if at < row["start"]}
            outcome: bool | str = "live" in fit
            if None in fit and not outcome:
                outcome = "mode_unknown"
            if row["end"] is None and row["closed"] is None:
                outcome = "immature"
            unknown = "planned_unknown" if row["is_planned"] is None else None
            self.count("automation_coverage", row["service"], row["owner"], row["start"], unknown or outcome)

    # Objectives

    def _requests(self, truth: Path, agreed: truth_exclusions.Windows) -> None:
        """Requests by service and hour, of which the owner then is told; versions change no service.

        What lies in an agreed window from start to end does not count.
        """
        measured = {
            f"slo-{row['slo']:07d}": row["service"] for row in rows_of(truth, "slos") if row["sli"] == "availability"
        }
        hours: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
        for path in sorted((truth.parent / "logs/sli_samples").glob("*.parquet")):
            for row in pq.read_table(path).to_pylist():
                if row["slo_id"] in measured and row["recorded_at"] <= self.until:
                    at = micros(row["starts_at"].replace(tzinfo=None))
                    end = at + 1_000_000 * row["seconds"]
                    if any(low <= at and end <= high for low, high in agreed.get(row["slo_id"], ())):
                        self.agreed_samples += 1
                        continue
                    total = hours[measured[row["slo_id"]], at // HOUR * HOUR]
                    total[0] += row["good"]
                    total[1] += row["valid"]
        for (service, at), (good, valid) in hours.items():
            for tally in self.tallies_of("availability_requests", service, self.owner(service, at), at):
                tally.hits += good
                tally.events += valid
                if valid:
                    tally.days.add(self.day_of(at))

    def _budgets(self, hours: list[Spent], incidents: list[Row], hits: list[Row]) -> None:
        """What is left of each budget at the end of a period, how fast it was spent within one, and what was told."""
        self._episodes(hours, incidents, hits)
        for one in hours:
            owner, day = self.owner(one.service, one.at), self.day_of(one.at)
            for metric, window, part in (
                ("error_budget_remaining", one.window, one.allowed - one.bad), ("burn_rate", 0, one.bad),
            ):  # fmt: skip
                for tally in self.tallies_of(metric, one.service, owner, one.at, window):
                    tally.hits += part
                    tally.events += one.allowed
                    tally.days.add(day)

    def _episodes(self, hours: list[Spent], incidents: list[Row], hits: list[Row]) -> None:
        """An incident tells of its service while it lasts, and of those that it hit while they were hit."""
        spans = defaultdict(list)
        ended = {}
        for row in incidents:
            ends = (row["end"], row["closed"], self.as_of)
            ended[row["incident"]] = next(end for end in ends if end is not None)
            spans[row["service"]].append((row["start"], ended[row["incident"]]))
        for row in hits:
            if max(row["declared_at"], row["impact_started_at"]) <= self.as_of:
                is_over = max(row["impact_ended_at"], row["declared_at"]) <= self.as_of
                end = row["impact_ended_at"] if is_over else ended[row["incident"]]
                spans[row["service"]].append((row["impact_started_at"], end))
        near = HOUR // 2
        for service, start, end in episodes(hours):
            told = any(low <= end + near and high >= start - near for low, high in spans[service])
            outcome = "immature" if end + near > self.as_of else told
            self.count("declaration_completeness", service, self.owner(service, start), start, outcome)

    def _latency(self, truth: Path) -> None:
        """Buckets by service and hour, of which the owner then is told."""
        logs, slos = truth.parent / "logs", rows_of(truth, "slos")
        every = list(truth_latency.rows(logs, self.until))
        is_peak = truth_latency.peaks(every, truth_latency.zones(logs))
        for row in every:
            at = micros(row["starts_at"].replace(tzinfo=None))
            where = (row["service_id"], self.owner(row["service_id"], at), at)
            bound = float("inf") if row["upper_bound_ms"] is None else row["upper_bound_ms"]
            limit, peak = (
                truth_latency.threshold_of(slos, row["service_id"], at),
                is_peak(row["market"], row["starts_at"]),
            )
            for cell in self.merged_of("latency_within_target", *where):
                cell.unstated += limit is None
                if limit is not None:
                    cell.requests += row["count"]
                    cell.within += row["count"] if bound <= limit else 0
                    cell.days.add(self.day_of(at))
            for cell in self.merged_of("peak_latency", *where) if peak is not False else ():
                cell.unknown_peak += peak is None
                if peak:
                    cell.requests += row["count"]
                    cell.buckets[bound] += row["count"]
                    cell.days.add(self.day_of(at))

    def merged_of(self, metric: str, service: str, team: str | None, at: int) -> list[truth_latency.Merged]:
        """Those that a bucket counts for."""
        names = (
            ("service", service), ("team", team), ("area", self.areas[team] if team else None),
            ("portfolio", self.organisation),
        )  # fmt: skip
        return [
            self.merged[Key(kind, name, metric, *period)]
            for period in periods_of(self.day_of(at))
            for kind, name in names
            if name is not None
        ]

    # Learning and capacity

    def _reviews(self, reviews: list[Row], incidents: list[Row]) -> None:
        by_id = {row["incident"]: row for row in incidents}
        first: dict[int, int] = {}
        for row in reviews:
            at = row["published_at"]
            if at is not None and at <= self.as_of:
                first[row["incident"]] = min(at, first.get(row["incident"], at))
                service = by_id[row["incident"]]["service"] if row["incident"] in by_id else None
                self.count("review_breadth", service, row["team"], at, row["teams_present"] > 1)
        lessons: dict[int, int] = {}
        for incident, at in first.items():
            if incident in by_id:
                fingerprint = by_id[incident]["fingerprint"]
                lessons[fingerprint] = min(at, lessons.get(fingerprint, at))
        self._repeats(incidents, lessons)
        for row in incidents:
            if row["is_planned"] is True or row["severity"] not in (None, "sev1", "sev2"):
                continue
            self._reviewed(row, first.get(row["incident"]))

    def _repeats(self, incidents: list[Row], lessons: dict[int, int]) -> None:
        """`lessons`: when the first review of each fingerprint was published."""
        for row in incidents:
            if row["is_planned"] is not True:
                at = lessons.get(row["fingerprint"])
                verdict: bool | str = at is not None and at < row["start"]
                unknown = "planned_unknown" if row["is_planned"] is None else None
                self.count("repeat_share", row["service"], row["owner"], row["start"], unknown or verdict)

    def _reviewed(self, row: Row, published: int | None) -> None:
        where, end = (row["service"], row["owner"]), row["end"]
        is_over = end is not None or row["closed"] is not None
        unknown = "planned_unknown" if row["is_planned"] is None else None
        unknown = unknown or ("severity_unknown" if row["severity"] is None else None)
        verdict: bool | str = published is not None
        if not is_over or (end is not None and end + 14 * DAY > self.as_of):
            verdict = "immature"
        elif end is None:
            verdict = "resolution_time_unknown"
        self.count("postmortem_coverage", *where, row["start"], unknown or verdict)
        if end is None:
            return
        length = (self.as_of if published is None else published) - end
        if unknown or length < 0:
            self.count("postmortem_delay", *where, end, unknown or "negative_duration")
            return
        for tally in self.tallies_of("postmortem_delay", *where, end):
            tally.subjects.append((length, published is not None))

    def _actions(self, actions: list[Row], reviews: list[Row], incidents: list[Row]) -> None:
        services = {row["incident"]: row["service"] for row in incidents}
        reviewed = {row["postmortem"]: services.get(row["incident"]) for row in reviews}
        for row in actions:
            if row["agreed_at"] <= self.as_of and row["due_at"] <= self.as_of:
                in_time = row["done_at"] is not None and row["done_at"] <= row["due_at"]
                self.count("actions_on_time", reviewed[row["postmortem"]], row["team"], row["due_at"], in_time)

    def _scalings(self, events: list[Row]) -> None:
        for row in events:
            if row["event"] != "saturated" and row["happened_at"] <= self.as_of:
                owner = self.owner(row["service"], row["happened_at"])
                by_machine = row["event"] == "scaled_by_automation"
                self.count("capacity_automation", row["service"], owner, row["happened_at"], by_machine)

    # Exposure

    def _exposures(self) -> dict[tuple[str, str, str, date], tuple[int, int]]:
        """Microseconds of (service-time, the longest service of each day) by entity and period."""
        sums: dict[tuple[str, str, date], int] = defaultdict(int)
        most: dict[tuple[str, str, date], int] = defaultdict(int)
        for service, row in self.services.items():
            own: dict[tuple[str, str, date], int] = defaultdict(int)
            for low, high, day in self.pieces(row["moved_at"]):
                team = self.owner(service, low)
                area = self.areas[str(team)]
                for name in (
                    ("service", service),
                    ("team", str(team)),
                    ("area", area),
                    ("portfolio", self.organisation),
                ):
                    own[(*name, day)] += high - low
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

    def cut(self, low: int, until: int) -> Iterator[tuple[date, int]]:
        """Local days of a span, with microseconds."""
        while low < until:
            day = self.day_of(low)
            midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), self.zone)
            high = min((midnight.astimezone(UTC) - EPOCH) // timedelta(microseconds=1), until)
            yield day, high - low
            low = high

    def pieces(self, moved_at: int | None) -> Iterator[tuple[int, int, date]]:
        """Pieces of the covered time, cut at local midnights and where the service moved."""
        low = self.start
        while low < self.as_of:
            day, length = next(self.cut(low, self.as_of))
            high = low + length
            if moved_at is not None and low < moved_at < high:
                high = moved_at
            yield low, high, day
            low = high

    # Cells

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


def periods_of(day: date) -> tuple[tuple[str, date], ...]:
    """The week, month and quarter of a day, by their first days."""
    return (
        ("week", day - timedelta(days=day.weekday())),
        ("month", day.replace(day=1)),
        ("quarter", day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)),
    )


def status_of(n: int, excluded: Counter[str]) -> str:
    """Of a covered cell."""
    if excluded["immature"]:
        return "immature"
    if not n and not excluded.total():
        return "no_exposure"
    return "insufficient" if n < 5 else "provisional" if n < 20 else "ok"


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


def version_returns(deployments: list[Row]) -> set[int]:
    """Deployments that bring back, within 24 hours, a version that was live before the one before (V1 V2 V1)."""
    sequences = defaultdict(list)
    for row in deployments:
        if row["version"] is not None and row["outcome"] not in ("failed", "aborted"):
            sequences[row["service"], row["environment"]].append(
                (row["finished_at"], row["deployment"], row["version"])
            )
    found = set()
    for sequence in sequences.values():
        seen: set[int] = set()
        live, since = None, 0
        for at, deployment, version in sorted(sequence):
            if version == live:
                continue
            if version in seen and at - since <= DAY:
                found.add(deployment)
            seen.add(version)
            live, since = version, at
    return found
