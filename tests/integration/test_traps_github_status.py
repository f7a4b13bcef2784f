"""What the notes beside the status page's log warn of is met, and its stated durations are found again.

Belongs here: one test per trap, with the count taken from the raw file by this test itself.
Does not belong here: metric values (tests/oracle recomputes those).
"""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.traps_support import Released, one, rows


@pytest.fixture(scope="module")
def github_status(released: Released) -> Path:
    return released("github_status")


@pytest.fixture(scope="module")
def entries(real_data: Path) -> dict[str, dict[str, Any]]:
    """Every entry of the page by its number."""
    with gzip.open(real_data / "github_status_incidents" / "incidents.jsonl.gz", "rt", encoding="utf-8") as log:
        return {entry["id"]: entry for entry in map(json.loads, log)}


def test_the_stated_duration_of_every_incident_is_found_again(github_status: Path, real_data: Path) -> None:
    with (real_data / "github_status_incidents" / "downtime_windows.csv").open(encoding="utf-8") as answers:
        stated = {row["incident_id"]: float(row["duration_minutes"]) for row in csv.DictReader(answers)}
    found = dict(
        rows(
            github_status,
            "select incident_id, epoch_us(resolved_at - started_at) / 6e7 from {reliability.fct_incidents}",
        )
    )
    assert len(stated) == 819
    assert found == pytest.approx(stated)


def test_planned_work_is_no_incident(github_status: Path, entries: dict[str, dict[str, Any]]) -> None:
    planned = {number for number, entry in entries.items() if entry["impact"] == "maintenance"}
    assert len(planned) == 18
    shown = rows(github_status, "select incident_id from {reliability.fct_incidents} where is_planned")
    assert {number for (number,) in shown} == planned


def test_a_component_that_was_guessed_is_no_service(github_status: Path, entries: dict[str, dict[str, Any]]) -> None:
    silent = {number for number, entry in entries.items() if not entry.get("components")}
    guessed = {number for number, entry in entries.items() if entry.get("components_source")}
    assert (len(silent), len(guessed - silent)) == (158, 88)
    shown = rows(github_status, "select incident_id from {reliability.fct_incidents} where service_id is null")
    assert {number for (number,) in shown} == silent | guessed


def test_what_ends_an_incident_does_not_take_it_up(github_status: Path, entries: dict[str, dict[str, Any]]) -> None:
    second = {number: entry["updates"][1:2] for number, entry in entries.items()}
    idle = {number for number, updates in second.items() if not updates or updates[0]["status"] == "Resolved"}
    assert len(idle) > 29
    shown = rows(github_status, "select incident_id from {reliability.fct_incidents} where acknowledged_at is null")
    assert {number for (number,) in shown} == idle


def test_nobody_is_said_to_have_had_no_reopening(github_status: Path) -> None:
    query = "select distinct status from {scorecard.metric_values} where metric_id = 'reopen_rate'"
    assert rows(github_status, query) == [("missing_source",)]
    assert one(github_status, "select count(*) from {reliability.fct_incidents}") == 819
