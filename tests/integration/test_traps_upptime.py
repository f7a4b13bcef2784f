"""What the notes beside Upptime's log warn of is met, with every count taken from the raw file by these tests.

Belongs here: one test per trap. Does not belong here: metric values (tests/oracle recomputes those).
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from tests.integration.traps_support import Released, one, rows, utc

pytestmark = pytest.mark.xdist_group("upptime-own")


@pytest.fixture(scope="module")
def upptime(released: Released) -> Path:
    return released("upptime")


@pytest.fixture(scope="module")
def checks(real_data: Path) -> dict[str, list[dict[str, str]]]:
    """Site -> its checks, oldest first."""
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    with gzip.open(real_data / "upptime_hexabase_stg" / "checks.csv.gz", "rt", encoding="utf-8", newline="") as log:
        for row in csv.DictReader(log):
            found[row["service_slug"]].append(row)
    return {site: sorted(own, key=lambda row: row["checked_at"]) for site, own in found.items()}


@pytest.fixture(scope="module")
def commits(real_data: Path) -> list[dict[str, str]]:
    """Every commit of the repository, by its bot and by people."""
    path = real_data / "upptime_hexabase_stg" / "bot_and_human_commits.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as log:
        return list(csv.DictReader(log))


def _outages(own: list[dict[str, str]]) -> list[tuple[str, datetime, datetime | None]]:
    """Commit of the first failed check, when that was, and the next good check."""
    found: list[tuple[str, datetime, datetime | None]] = []
    state = "up"
    for row in own:
        at = utc(row["checked_at"])
        if row["status"] == "down" and state == "up":
            found.append((row["commit"], at, None))
        elif row["status"] == "up" and state == "down":
            found[-1] = (*found[-1][:2], at)
        state = row["status"]
    return found


def test_every_outage_runs_from_down_to_up(upptime: Path, checks: dict[str, list[dict[str, str]]]) -> None:
    expected = {(site, *outage) for site, own in checks.items() for outage in _outages(own)}
    assert len(expected) == 261
    query = "select service_id, incident_id, started_at, resolved_at from {reliability.fct_incidents}"
    assert set(rows(upptime, query)) == expected
    assert one(upptime, "select count(*) from {reliability.fct_incidents}") == 261


def test_down_after_down_is_the_same_outage(upptime: Path, checks: dict[str, list[dict[str, str]]]) -> None:
    again = {
        after["commit"]
        for own in checks.values()
        for before, after in pairwise(own)
        if before["status"] == after["status"] == "down"
    }
    assert len(again) == 14
    assert not again & {number for (number,) in rows(upptime, "select incident_id from {reliability.fct_incidents}")}


def test_no_answer_is_down_and_every_check_is_read(upptime: Path, checks: dict[str, list[dict[str, str]]]) -> None:
    silent = [row for own in checks.values() for row in own if row["response_ms"] == "0"]
    assert (len(silent), {row["status"] for row in silent}) == (175, {"down"})
    query = "select fate, rows, records from {scorecard.quality} where section = 'rows' and feed = 'upptime_checks'"
    assert rows(upptime, f"{query} and rows > 0") == [("staged", sum(map(len, checks.values())), 261)]


def test_a_share_of_checks_is_no_share_of_time(upptime: Path, checks: dict[str, list[dict[str, str]]]) -> None:
    """8.5 % of the checks are down, since every change of state is one; of the time it is 0.58 %."""
    down = sum(row["status"] == "down" for own in checks.values() for row in own)
    assert (down, sum(map(len, checks.values()))) == (275, 3238)
    seconds = {
        site: sum(
            (utc(after["checked_at"]) - utc(before["checked_at"])).total_seconds()
            for before, after in pairwise(own)
            if before["status"] == "down"
        )
        for site, own in checks.items()
    }
    shown = rows(
        upptime,
        "select service_id, sum(epoch(resolved_at) - epoch(started_at)) from {reliability.fct_incidents} group by 1",
    )
    assert dict(shown) == seconds
    watched = sum((utc(own[-1]["checked_at"]) - utc(own[0]["checked_at"])).total_seconds() for own in checks.values())
    assert sum(seconds.values()) / watched == pytest.approx(0.005777, abs=1e-6)


def test_nobody_says_when_an_outage_was_noticed(upptime: Path) -> None:
    query = "select distinct detected_at, detected_by, severity, resolved_by from {reliability.fct_incidents}"
    assert rows(upptime, query) == [(None, "monitor", None, None)]
    query = "select distinct status from {scorecard.metric_values} where metric_id in ('time_to_detect', 'reopen_rate')"
    assert rows(upptime, query) == [("missing_source",)]


def test_only_runs_that_ended_well_leave_a_commit(upptime: Path, commits: list[dict[str, str]]) -> None:
    expected = Counter(f"upptime-{row['task']}" for row in commits if row["actor"] == "bot")
    assert expected.total() == 5_480
    query = "select automation_id, outcome, count(*) from {automation.fct_automation_runs} group by all"
    assert {(name, outcome): n for name, outcome, n in rows(upptime, query)} == {
        (name, None): n for name, n in expected.items()
    }
    query = "select distinct status from {scorecard.metric_values} where metric_id = 'automation_success'"
    assert rows(upptime, query) == [("missing_source",)]


def test_changes_of_the_page_are_rollouts_of_unknown_outcome(upptime: Path, commits: list[dict[str, str]]) -> None:
    """People commit at +09:00, the bot in UTC."""
    assert sum(row["committed_at"].endswith("+09:00") for row in commits) == 21
    expected = {
        (row["commit"], "status-page", utc(row["committed_at"]), None)
        for row in commits
        if row["actor"] == "human" or row["task"] == "template_update"
    }
    assert len(expected) == 26
    query = "select deployment_id, service_id, started_at, outcome from {delivery.fct_deployments}"
    assert set(rows(upptime, query)) == expected
    query = "select count(value), sum(denominator) from {scorecard.metric_values} where metric_id = 'change_fail_rate'"
    assert rows(upptime, query) == [(0, 0)]
