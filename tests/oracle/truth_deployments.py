"""Deployments of a simulated organisation, from its state: which failed, how they were made, and what was undone."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from typing import Any

from tests.oracle.truth_ledger import DAY, HOUR, Ledger, Row

PROGRESSIVE = ("canary", "blue_green")


def note(truth: Ledger, deployments: list[Row], incidents: list[Row]) -> None:
    """Counts all of it."""
    failures = _failures(truth, deployments, incidents)
    _practices(truth, [row for row in deployments if row["environment"] in (None, "production")], failures)


def _failures(truth: Ledger, deployments: list[Row], incidents: list[Row]) -> dict[int, list[Row]]:
    """Failed deployments, with the incidents that are put down to them ({}: none is)."""
    failures: dict[int, list[Row]] = {}
    live = [row for row in deployments if row["environment"] == "production"]
    blamed = _blamed(truth, live, incidents)
    undone = {row["rollback_of"] for row in deployments if row["rollback_of"] is not None}
    returns = version_returns(deployments)
    for row in deployments:
        where = (row["service"], truth.owner(row["service"], row["finished_at"]), row["finished_at"])
        if row["environment"] is None:
            for metric in ("deployment_frequency", "change_fail_rate", "rework_rate", "rollback_rate"):
                truth.count(metric, *where, "environment_unknown")
        if row["environment"] != "production":
            continue
        if row["outcome"] in (None, "succeeded"):
            truth.count("deployment_frequency", *where, "outcome_unknown" if row["outcome"] is None else True)
        young = row["finished_at"] + DAY > truth.as_of
        failed = _failed(truth, row, blamed, undone)
        if failed:
            failures[row["deployment"]] = blamed.get(row["deployment"], [{}])
        truth.count("change_fail_rate", *where, "immature" if young else "unknown" if failed is None else failed)
        fix = row["is_unplanned_fix"]
        truth.count("rework_rate", *where, "unknown" if fix is None else bool(fix))
        truth.count("rollback_rate", *where, row["deployment"] in returns)
    return failures


def _failed(truth: Ledger, row: Row, blamed: dict[int, list[Row]], undone: set[int]) -> bool | None:
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
    return False if row["finished_at"] + DAY <= truth.as_of and row["finished_at"] >= truth.start else None


def _blamed(truth: Ledger, live: list[Row], incidents: list[Row]) -> dict[int, list[Row]]:
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
        cause = _cause(truth, row, by_id, by_service[row["service"]], rollbacks[row["service"]])
        if cause is None:
            truth.count("change_fail_rate", row["service"], row["owner"], row["start"], "incident_unlinked")
        else:
            found[cause].append(row)
    return found


def _cause(truth: Ledger, row: Row, by_id: dict[int, Row], ordered: list[Any], rollbacks: list[Any]) -> int | None:
    start = row["start"]
    if row["caused_by_deployment_id"] in by_id:
        return int(row["caused_by_deployment_id"])
    until = truth.as_of if row["end"] is None else row["end"]
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


def _practices(truth: Ledger, deployments: list[Row], failures: dict[int, list[Row]]) -> None:
    """How deployments were made."""
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
        where = (row["service"], truth.owner(row["service"], at), at)
        verdicts = _verdicts(truth, row, by_hand[row["service"]], bool(failures.get(row["deployment"])))
        if row["environment"] is None:
            verdicts = dict.fromkeys(verdicts.keys() - {"rollback_automatic_success"}, "environment_unknown")
        for metric, verdict in verdicts.items():
            truth.count(metric, *where, verdict)
        for metric in ("lead_time", "delivery_predictability"):
            _lead_time(truth, metric, row, where, firsts)
        if row["environment"] == "production" and failures.get(row["deployment"]):
            _recovery(truth, row, where, failures[row["deployment"]])


def _verdicts(truth: Ledger, row: Row, by_hand: list[tuple[int, int]], has_failed: bool) -> dict[str, bool | str]:
    at, tests, strategy, gates = row["finished_at"], row["tests"], row["strategy"], row["gates_skipped"]
    conditions = [
        row["outcome"] == "succeeded", None if tests is None else tests == "passed",
        None if strategy is None else strategy in PROGRESSIVE, None if gates is None else gates == 0,
    ]  # fmt: skip
    green: bool | str = False if False in conditions else "unknown" if None in conditions else True
    share = 1.0 if row["exposed_share"] is None and strategy == "all_at_once" else row["exposed_share"]
    stopped = row["outcome"] in ("aborted", "rolled_back") and share is not None and share < 1
    averted: bool | str = stopped and not has_failed
    if averted:
        averted = "unknown" if row["abort_trigger"] is None else row["abort_trigger"] == "analysis"
    found: dict[str, bool | str] = {
        "tested_share": "unknown" if tests is None else tests == "passed",
        "progressive_share": "unknown" if strategy is None else strategy in PROGRESSIVE,
        "green_path_share": "unknown" if row["outcome"] is None else green,
        "averted_outages": "immature" if at + DAY > truth.as_of else averted,
    }
    if row["outcome"] is None:
        found["averted_outages"] = "unknown"
    if row["rollback_of"] is not None:
        again = any(at <= hand <= at + HOUR for hand, other in by_hand if other != row["deployment"])
        by, outcome = row["rollback_trigger"], row["outcome"]
        automatic: bool | str = by == "automation" and outcome == "succeeded" and not again
        if by is None or (by == "automation" and outcome is None):
            automatic = "unknown"
        found["rollback_automatic_success"] = "immature" if at + HOUR > truth.as_of else automatic
    return found


def _lead_time(truth: Ledger, metric: str, row: Row, where: tuple[Any, ...], firsts: set[int]) -> None:
    if row["environment"] is None:
        truth.count(metric, *where, "environment_unknown")
    elif row["deployment"] in firsts or row["outcome"] in ("failed", "aborted", "rolled_back"):
        truth.count(metric, *where, "base or not delivered")
    elif row["first_commit_at"] is None:
        truth.count(metric, *where, "first_commit_unknown")
    else:
        for tally in truth.tallies_of(metric, *where):
            tally.subjects.append((row["finished_at"] - row["first_commit_at"], True))


def _recovery(truth: Ledger, row: Row, where: tuple[Any, ...], incidents: list[Row]) -> None:
    metric = "failed_deployment_recovery_time"
    caused = [each for each in incidents if each]
    starts = [each["start"] for each in caused]
    failed = min(starts, default=None) if row["failed_at"] is None else row["failed_at"]
    if failed is None:
        truth.count(metric, *where, "failure_time_unknown")
        return
    restored = row["restored_at"] if row["restored_at"] is None or row["restored_at"] <= truth.as_of else None
    over = [each["end"] is not None or each["closed"] is not None for each in caused]
    if restored is None and caused and all(over):
        if any(each["end"] is None for each in caused):
            truth.count(metric, where[0], where[1], failed, "restoration_time_unknown")
            return
        restored = max(each["end"] for each in caused)
    for tally in truth.tallies_of(metric, where[0], where[1], failed):
        tally.subjects.append(((truth.as_of if restored is None else restored) - failed, restored is not None))


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
