"""Every trap that the notes beside GOV.UK's logs list is met, seen in released tables and raw logs.

Belongs here: one test per trap, named after it, with the count taken from the raw file by this test itself.
Does not belong here: metric values (tests/oracle recomputes those), the planted defects of the example.
Without SCORECARD_REAL_DATA all of it is skipped, loudly, by the fixture.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from tests.integration.traps_support import Released, one, rows, utc

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def govuk(released: Released) -> Path:
    return released("govuk")


@pytest.fixture(scope="module")
def tags(real_data: Path) -> list[dict[str, str]]:
    path = real_data / "govuk_deployments" / "image_tag_changes.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as log:
        return list(csv.DictReader(log))


@pytest.fixture(scope="module")
def ownership(real_data: Path) -> dict[str, list[dict[str, str]]]:
    changes: dict[str, list[dict[str, str]]] = defaultdict(list)
    path = real_data / "govuk_deployments" / "app_team_history.csv"
    with path.open(encoding="utf-8", newline="") as log:
        for change in csv.DictReader(log):
            changes[change["app"]].append(change)
    return {app: sorted(own, key=lambda c: utc(c["valid_from"])) for app, own in changes.items()}


def test_govuk_what_it_cannot_say_is_never_a_zero(govuk: Path) -> None:
    silent = (
        "'incident_rate', 'time_to_acknowledge', 'time_to_restore', 'reopen_rate', 'deployment_frequency',"
        " 'change_fail_rate', 'rework_rate', 'automation_success', 'self_healing_share'"
    )
    assert rows(
        govuk,
        "select distinct status, value, low, high from {scorecard.metric_values}"
        f" where dimension is null and metric_id in ({silent})",
    ) == [("missing_source", None, None, None)]


def test_govuk_deployments_of_unknown_outcome_are_counted_as_such(govuk: Path, tags: list[dict[str, str]]) -> None:
    production = sum(tag["env"] == "production" and tag["new_tag"] != "" for tag in tags)
    assert production == 21_154
    where = "entity_type = 'portfolio' and period_type = 'month' and metric_id = 'deployment_frequency'"
    assert (
        one(
            govuk,
            f"select sum(numerator) from {{scorecard.metric_values}} where {where}"
            " and dimension = 'outcome' and dimension_value = 'unknown'",
        )
        == production
    )
    assert (
        one(
            govuk,
            f"select sum(rows) from {{scorecard.exclusions}} where {where} and dimension is null"
            " and reason = 'outcome_unknown'",
        )
        == production
    )


def test_govuk_a_row_without_a_tag_is_no_deployment(govuk: Path, tags: list[dict[str, str]]) -> None:
    without = sum(tag["new_tag"] == "" for tag in tags)
    assert without == 272
    assert (
        one(
            govuk,
            "select sum(rows) from {scorecard.quality} where section = 'rows' and source = 'image_tags'"
            " and kind = 'deployments' and fate = 'not_applicable'",
        )
        == without
    )


def test_govuk_tags_that_are_no_version_numbers_are_kept(govuk: Path, tags: list[dict[str, str]]) -> None:
    raw = Counter(tag["new_tag"] for tag in tags if tag["new_tag"])
    odd = sum(n for tag, n in raw.items() if not re.fullmatch(r"v\d+", tag))
    assert odd == 17_878
    shown = dict(rows(govuk, "select version, count(*) from {delivery.fct_deployments} group by 1"))
    assert shown == dict(raw)


def test_govuk_a_return_is_known_by_history_and_not_by_number(govuk: Path) -> None:
    returns = rows(
        govuk,
        "select version from {delivery.fct_deployments} where is_version_return and is_production",
    )
    assert len(returns) > 100
    assert any(not re.fullmatch(r"v\d+", version) for (version,) in returns)


def test_govuk_local_offsets_become_utc(govuk: Path) -> None:
    assert one(govuk, "select min(deployed_at) from {delivery.fct_deployments}") == utc("2022-10-10T10:40:23Z")


def test_govuk_each_deployment_belongs_to_the_owner_of_its_moment(
    govuk: Path, ownership: dict[str, list[dict[str, str]]]
) -> None:
    clock = utc("2025-07-01T00:00:00Z")
    shown = rows(govuk, "select service_id, deployed_at, team_id from {delivery.fct_deployments}")
    owners: dict[str, set[str | None]] = defaultdict(set)
    for service, at, team in shown:
        last = None
        for change in ownership.get(service, []):
            if utc(change["valid_from"]) <= min(at, clock):
                last = change["team"].removeprefix("#") if change["change"] == "set" else None
        assert team == (last or None), (service, at)
        owners[service].add(team)
    assert sum(len(teams) > 1 for teams in owners.values()) > 20, "ownership moves inside the log"


def test_govuk_an_ownership_recorded_later_is_not_known_yet(
    govuk: Path, ownership: dict[str, list[dict[str, str]]]
) -> None:
    later = sum(utc(c["valid_from"]) > utc("2025-07-01T00:00:00Z") for own in ownership.values() for c in own)
    assert later > 0
    assert (
        one(
            govuk,
            "select sum(rows) from {scorecard.quality} where section = 'rows' and source = 'ownership'"
            " and fate = 'not_applicable' and lower(reason) like '%after%'",
        )
        == later
    )


def test_govuk_an_application_without_a_team_stays_without(
    govuk: Path, ownership: dict[str, list[dict[str, str]]]
) -> None:
    services = {service for (service,) in rows(govuk, "select service_id from {core.dim_service}")}
    ownerless = services - ownership.keys()
    assert len(services) == 76
    assert len(ownerless) == 11
    listed = ", ".join(f"'{service}'" for service in ownerless)
    assert rows(govuk, f"select distinct team_id from {{delivery.fct_deployments}} where service_id in ({listed})") == [
        (None,)
    ]


def test_govuk_a_bot_may_be_a_person_who_pressed_a_button(govuk: Path) -> None:
    triggers = {t for (t,) in rows(govuk, "select distinct trigger from {delivery.fct_deployments}")}
    assert triggers == {"person", None}


def test_govuk_a_run_that_left_a_row_is_not_thereby_a_success(govuk: Path, tags: list[dict[str, str]]) -> None:
    merges = sum(tag["merge_kind"] == "bot_merge" for tag in tags)
    assert rows(govuk, "select outcome, count(*) from {automation.fct_automation_runs} group by 1") == [(None, merges)]
