"""What automations saved, and whom they helped, from the simulator's state: the part of simulated_truth.py for them."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from math import fsum
from typing import Any

from tests.oracle.truth_ledger import DAY, Ledger, Row

MINUTE = 60_000_000
AMOUNTS = {"hours_saved": 60 * MINUTE}
"""How much of what a tally holds makes one unit of the metric."""
COUNTS = ("automations_completed", "recipe_reuse")
"""Whose n is the days of teams."""
EFFECT = "net_automation_effect"
Version = tuple[int, int]


def note(truth: Ledger, runs: list[Row], versions: list[Row]) -> None:
    """Counts all of it."""
    registered = {(row["automation"], row["version"]): row for row in versions}
    for run in runs:
        if run["mode"] in (None, "live"):
            _savings(truth, run, registered[run["automation"], run["version"]])
    owners = {row["automation"]: row["team"] for row in versions}
    for row in versions:
        if row["version"] == 1:
            ran = [run for run in runs if run["automation"] == row["automation"]]
            _completed(truth, row, [(run, registered[run["automation"], run["version"]]) for run in ran])
            if row["derived_from"] is not None and truth.start <= row["formalised_at"] <= truth.as_of:
                _reused(truth, row, owners.get(row["derived_from"]))


def saving(run: Row, version: Row) -> int | str:
    """Microseconds that a run saved, or why nobody knows."""
    if run["mode"] is None or run["outcome"] is None:
        return "mode or outcome unknown"
    if run["outcome"] != "succeeded":
        return 0
    return round(version["manual_minutes"] * MINUTE) - (int(run["finished_at"]) - int(run["started_at"]))


def _savings(truth: Ledger, run: Row, version: Row) -> None:
    amount = saving(run, version)
    is_measured = version["manual_minutes_basis"] == "measured"
    if not isinstance(amount, str) and not is_measured:
        amount = "declared"
    owner = truth.owner(run["service"], run["started_at"])
    truth.add("hours_saved", run["service"], owner, run["started_at"], amount)


def _completed(truth: Ledger, row: Row, runs: list[tuple[Row, Row]]) -> None:
    """At its first version; the second one is no new automation."""
    at = max(row["formalised_at"], row["tested_at"])
    if not truth.start <= at <= truth.as_of:
        return
    end = at + 90 * DAY
    used = [(run, version) for run, version in runs if at <= run["started_at"] < end]
    live = [saving(run, version) for run, version in used if run["mode"] == "live"]
    unsaid = sum(run["mode"] is None for run, _ in used)
    gained = sum(amount for amount in live if not isinstance(amount, str))
    verdict: int | str = 1
    if end > truth.as_of:
        verdict = "immature"
    elif len(live) < 5:
        verdict = "trivial or unknown" if len(live) + unsaid < 5 else "unknown"
    elif gained <= 0:
        verdict = "trivial or unknown"
    truth.add("automations_completed", None, row["team"], at, verdict)


def _reused(truth: Ledger, row: Row, owner: str | None) -> None:
    if owner is None:
        truth.add("recipe_reuse", None, None, row["formalised_at"], "nobody registered it")
    elif owner != row["team"]:
        truth.add("recipe_reuse", None, owner, row["formalised_at"], 1)


def note_effects(truth: Ledger, alerts: list[Row], runs: list[Row]) -> None:
    """Alerts that a live run answered, and those held out, by class; no shadow run of the simulator names an alert."""
    answers: dict[int, list[Row]] = defaultdict(list)
    for run in runs:
        if run["alert"] is not None:
            answers[run["alert"]].append(run)
    firings: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in alerts:
        if row["fired_at"] <= truth.as_of:
            firings[row["service"], row["alert_class"]].append(row["fired_at"])
    for times in firings.values():
        times.sort()
    for row in alerts:
        if row["fired_at"] > truth.as_of:
            continue
        ended = row["resolved_at"] if row["resolved_at"] <= truth.as_of else None
        modes = {run["mode"] for run in answers[row["alert"]]}
        where = (row["service"], truth.owner(row["service"], row["fired_at"]), row["fired_at"])
        if modes:
            verdict: bool | str = "mode_unknown"
            if "live" in modes:
                began = min(run["started_at"] for run in answers[row["alert"]] if run["mode"] == "live")
                verdict = _cleared(truth, row, ended, began, firings[row["service"], row["alert_class"]])
            truth.count(EFFECT, *where, verdict)
            _by_class(truth, where, row["alert_class"], 0, verdict)
        elif row["is_held_out"]:
            alone: bool | str = ended is not None and row["resolved_by"] == "self_cleared"
            if ended is None and row["fired_at"] + DAY > truth.as_of:
                alone = "immature"
                for tally in truth.tallies_of(EFFECT, *where):
                    tally.excluded["immature"] += 1
            _by_class(truth, where, row["alert_class"], 2, alone)


def _by_class(truth: Ledger, where: tuple[Any, ...], kind: str, place: int, verdict: bool | str) -> None:
    """Counts hits and events of a class, from that place of its four on: answered, left alone."""
    if not isinstance(verdict, str):
        for tally in truth.tallies_of(EFFECT, *where):
            tally.classes[kind][place] += verdict
            tally.classes[kind][place + 1] += 1


def _cleared(truth: Ledger, row: Row, ended: int | None, began: int, times: list[int]) -> bool | str:
    if (began if ended is None else ended) + DAY > truth.as_of:
        return "immature"
    if ended is None or row["resolved_by"] not in ("automation", "self_cleared") or ended < began:
        return False
    after = bisect_right(times, ended)
    return after == len(times) or times[after] - ended > DAY


def effect(classes: dict[str, list[int]]) -> tuple[float, bool]:
    """sum n max(0, r - s) / sum n, and whether any class has nothing to be compared with."""
    answered = [counts for counts in classes.values() if counts[1]]
    gains = [n * max(0.0, hits / n - (clear / alone if alone else 0)) for hits, n, clear, alone in answered]
    return fsum(gains) / sum(counts[1] for counts in answered), any(not counts[3] for counts in answered)


def note_runs(truth: Ledger, runs: list[Row]) -> None:
    """Counts live runs by how they ended."""
    for row in runs:
        if row["mode"] in ("dry_run", "shadow"):
            continue
        outcome: bool | str = "mode_unknown"
        if row["mode"] is not None:
            outcome = "outcome_unknown" if row["outcome"] is None else row["outcome"] == "succeeded"
        where = (row["service"], truth.owner(row["service"], row["started_at"]), row["started_at"])
        truth.count("automation_success", *where, outcome)
        harmed = row["harmed_incident_id"] is not None or row["reversed_at"] is not None
        for metric, hit in (("takeover_rate", row["taken_over_at"] is not None), ("automation_harm", harmed)):
            truth.count(metric, *where, "mode_unknown" if row["mode"] is None else hit)


def note_coverage(truth: Ledger, incidents: list[Row], runs: list[Row], versions: list[Row]) -> None:
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
        truth.count("automation_coverage", row["service"], row["owner"], row["start"], unknown or outcome)


def note_alerts(truth: Ledger, alerts: list[Row]) -> None:
    """Counts pages by whether they led to an action."""
    for row in alerts:
        if row["was_paged"]:
            owner = truth.owner(row["service"], row["fired_at"])
            truth.count("alert_precision", row["service"], owner, row["fired_at"], row["action_taken"])


def note_scalings(truth: Ledger, events: list[Row]) -> None:
    """Counts scalings by who made them."""
    for row in events:
        if row["event"] != "saturated" and row["happened_at"] <= truth.as_of:
            owner = truth.owner(row["service"], row["happened_at"])
            by_machine = row["event"] == "scaled_by_automation"
            truth.count("capacity_automation", row["service"], owner, row["happened_at"], by_machine)
