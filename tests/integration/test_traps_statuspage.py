"""What the notes beside the log of health checks warn of is met, with every count taken from the raw file.

Belongs here: one test per trap. Does not belong here: metric values (tests/oracle recomputes those).
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from tests.integration.traps_support import Released, one, rows, utc

pytestmark = pytest.mark.xdist_group("statuspage-own")
SIX = ["api", "ghproxy", "proxy", "webshell", "weeaxe", "weeaxemap"]


@pytest.fixture(scope="module")
def statuspage(released: Released) -> Path:
    return released("statuspage")


@pytest.fixture(scope="module")
def checks(real_data: Path) -> list[tuple[str, str, str]]:
    """Service, minute and result of every check."""
    with gzip.open(real_data / "statuspage_agddos" / "checks.csv.gz", "rt", encoding="utf-8", newline="") as log:
        return [(row["service"], row["checked_at_utc"], row["result"]) for row in csv.DictReader(log)]


@pytest.fixture(scope="module")
def torn(checks: list[tuple[str, str, str]]) -> set[tuple[str, str]]:
    """Service and minute of the checks that share their minute."""
    return {key for key, count in Counter((service, minute) for service, minute, _ in checks).items() if count > 1}


def test_two_checks_of_one_minute_are_held(
    statuspage: Path, checks: list[tuple[str, str, str]], torn: set[tuple[str, str]]
) -> None:
    assert {service for service, _ in torn} == {"api"}
    results = {key: {result for service, minute, result in checks if (service, minute) == key} for key in torn}
    assert list(results.values()) == [{"failed", "success"}] * 5
    held = rows(
        statuspage,
        "select reason, rows from {scorecard.quality} where section = 'rows' and fate = 'quarantined' and rows > 0",
    )
    assert held == [("two contents under one key", 10)]


def test_a_minute_without_a_zone_is_utc_and_an_outage_lasts_to_the_next_good_check(
    statuspage: Path, checks: list[tuple[str, str, str]], torn: set[tuple[str, str]]
) -> None:
    own: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for service, minute, result in sorted(checks):
        if (service, minute) not in torn:
            own[service].append((minute, result))
    expected = set()
    for service, results in own.items():
        began = None
        for minute, result in results:
            if result == "failed" and began is None:
                began = minute
            elif result == "success" and began is not None:
                expected.add((service, utc(f"{began}Z"), utc(f"{minute}Z")))
                began = None
        if began is not None:
            expected.add((service, utc(f"{began}Z"), None))
    shown = rows(statuspage, "select service_id, started_at, resolved_at from {reliability.fct_incidents}")
    assert len(shown) == len(expected) == 70
    assert set(shown) == expected


def test_what_fails_on_purpose_counts_nowhere(statuspage: Path, checks: list[tuple[str, str, str]]) -> None:
    results = Counter(result for service, _, result in checks if service == "broken")
    assert results == {"failed": 4368}
    assert rows(
        statuspage,
        "select is_resolved, started_at from {reliability.fct_incidents} where service_id = 'broken'",
    ) == [(False, utc("2022-05-02T23:43:00Z"))]
    query = "select distinct status from {scorecard.metric_values} where entity_id = 'broken' and dimension is null"
    assert rows(statuspage, query) == [("missing_source",)]
    assert rows(
        statuspage,
        "select period_start_on, rows from {scorecard.exclusions} where entity_type = 'portfolio' and"
        " metric_id = 'incident_rate' and period_type = 'month' and dimension is null and reason = 'not_covered'",
    ) == [(date(2022, 5, 1), 1)]


def test_one_cause_of_six_outages_is_six_incidents(statuspage: Path, checks: list[tuple[str, str, str]]) -> None:
    """The log has no link between them: on five days all six fail, and each of them has its own outage."""
    failed: dict[str, set[str]] = defaultdict(set)
    for service, minute, result in checks:
        if result == "failed" and service in SIX:
            failed[minute[:10]].add(service)
    together = sorted(day for day, services in failed.items() if len(services) == len(SIX))
    assert together == ["2022-05-26", "2022-05-31", "2022-06-14", "2022-06-15", "2022-06-16"]
    for day in together:
        shown = rows(
            statuspage,
            "select distinct service_id from {reliability.fct_incidents}"
            f" where cast(started_at as date) = date '{day}' and service_id <> 'broken' order by 1",
        )
        assert [service for (service,) in shown] == SIX, day


def test_services_that_appear_and_disappear_are_spoken_for_while_they_are_there(
    statuspage: Path, checks: list[tuple[str, str, str]]
) -> None:
    minutes: dict[str, list[str]] = defaultdict(list)
    for service, minute, _ in sorted(checks):
        minutes[service].append(minute)
    brief = {service for service, own in minutes.items() if own[-1] < "2022-05-04"}
    assert brief == {"google", "hn", "reddit", "statsig", "worldclock"}
    shown = {
        service: (began, ended)
        for service, began, ended in rows(
            statuspage,
            "select entity_id, covered_from, covered_to from {scorecard.coverage}"
            " where entity_type = 'service' and metric_id = 'incident_rate'",
        )
    }
    assert shown.keys() == minutes.keys() - {"broken"}
    for service, (began, ended) in shown.items():
        assert began == utc(f"{minutes[service][0]}Z"), service
        assert ended == utc(f"{min(minutes[service][-1], '2022-07-21 09:17')}Z"), service


def test_gaps_are_longer_than_the_schedule_says(checks: list[tuple[str, str, str]]) -> None:
    """Every quarter of an hour was asked for. It is why the organisation has no share of checks, but outages."""
    api = sorted(minute for service, minute, _ in checks if service == "api")
    gaps = sorted((utc(f"{after}Z") - utc(f"{before}Z")).total_seconds() / 60 for before, after in pairwise(api))
    assert gaps[len(gaps) // 2] == 23
    assert gaps[-1] == 134


def test_the_page_knows_of_no_severity_and_no_detection(statuspage: Path) -> None:
    query = "select distinct detected_at, detected_by, severity, resolved_by from {reliability.fct_incidents}"
    assert rows(statuspage, query) == [(None, "monitor", None, None)]
    assert one(statuspage, "select count(*) from {reliability.fct_incidents} where is_planned") == 0
