"""Every trap that the notes beside ServiceNow's log list is met, seen in released tables and raw logs.

Belongs here: one test per trap, named after it, with the count taken from the raw file by this test itself.
Does not belong here: metric values (tests/oracle recomputes those), the planted defects of the example.
Without SCORECARD_REAL_DATA all of it is skipped, loudly, by the fixture.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from tests.integration.traps_support import Released, day_first, one, rows, utc

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def servicenow(released: Released) -> Path:
    return released("servicenow")


@pytest.fixture(scope="module")
def audits(real_data: Path) -> dict[str, list[dict[str, str]]]:
    """Incident number -> its audit rows, oldest first."""
    path = real_data / "uci_servicenow_incidents" / "incident_event_log.csv.gz"
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as log:
        for row in csv.DictReader(log):
            found[row["number"]].append(row)
    return {
        number: sorted(own, key=lambda r: (day_first(r["sys_updated_at"]), int(r["sys_mod_count"])))
        for number, own in found.items()
    }


@pytest.fixture(scope="module")
def sound(audits: dict[str, list[dict[str, str]]]) -> dict[str, list[dict[str, str]]]:
    """The incidents of whose rows none is defective."""
    return {
        number: own
        for number, own in audits.items()
        if len({row["sys_mod_count"] for row in own}) == len(own)
        and all(row["incident_state"] != "-100" for row in own)
        and all(day_first(row["opened_at"]) <= day_first(row["sys_updated_at"]) for row in own)
    }


def test_servicenow_an_incident_belongs_to_the_group_that_had_it_first(
    servicenow: Path, audits: dict[str, list[dict[str, str]]], sound: dict[str, list[dict[str, str]]]
) -> None:
    moved = sum(own[0]["assignment_group"] != own[-1]["assignment_group"] for own in audits.values())
    assert moved == 10_143
    shown = dict(rows(servicenow, "select source_record_id, team_id from {reliability.fct_incidents}"))
    for number, own in sound.items():
        group = own[0]["assignment_group"]
        assert shown[number] == (None if group == "?" else "group_" + group.split()[-1]), number


def test_servicenow_final_values_do_not_leak_into_earlier_rows(
    servicenow: Path, sound: dict[str, list[dict[str, str]]]
) -> None:
    shown = {
        number: (resolved, closed)
        for number, resolved, closed in rows(
            servicenow, "select source_record_id, resolved_at, closed_at from {reliability.fct_incidents}"
        )
    }
    # the column says 11:29 on every row, but the row that first said Resolved is of 08:53
    assert shown["INC0000045"] == (utc("2016-02-29T08:53:00Z"), utc("2016-03-05T12:00:00Z"))
    for number, own in sound.items():
        done = [row["incident_state"] in ("Resolved", "Closed") for row in own]
        run = len(own) - next((n for n, is_done in enumerate(reversed(done)) if not is_done), len(own))
        assert shown[number][0] == (day_first(own[run]["sys_updated_at"]) if done[-1] else None), number


def test_servicenow_the_past_does_not_know_the_end(released: Released) -> None:
    past = released("servicenow", as_of="2016-03-01T00:00:00Z")
    assert one(past, "select max(recorded_at) from {reliability.fct_incidents}") <= utc("2016-03-01T00:00:00Z")
    assert rows(
        past,
        "select is_resolved, resolved_at, closed_at, team_id from {reliability.fct_incidents}"
        " where source_record_id = 'INC0000047'",
    ) == [(False, None, None, "group_70")]


def test_servicenow_dates_do_not_swap(servicenow: Path, sound: dict[str, list[dict[str, str]]]) -> None:
    shown = dict(rows(servicenow, "select source_record_id, declared_at from {reliability.fct_incidents}"))
    swappable = [number for number, own in sound.items() if int(own[0]["opened_at"].split("/")[0]) <= 12]
    assert len(swappable) > 5_000
    assert all(shown[number] == day_first(sound[number][0]["opened_at"]) for number in swappable)
    assert min(shown.values()) >= utc("2016-02-29T00:00:00Z")


def test_servicenow_a_question_mark_is_null(servicenow: Path) -> None:
    for column in ("team_id", "service_id", "severity"):
        assert not rows(servicenow, f"select 1 from {{reliability.fct_incidents}} where {column} like '%?%'")
    assert one(servicenow, "select count(*) from {reliability.fct_incidents} where team_id is null") > 800
    assert one(servicenow, "select count(*) from {core.dim_team}") == 78
    assert one(servicenow, "select count(*) from {core.dim_service}") == 58


def test_servicenow_state_minus_100_and_double_keys_are_held(servicenow: Path) -> None:
    held = dict(
        rows(
            servicenow,
            "select lower(reason), sum(rows) from {scorecard.quality} where section = 'rows'"
            " and fate = 'quarantined' and kind = 'incidents' group by 1",
        )
    )
    # 5 rows in state -100, 5 keys with two contents (10 rows); 5 rows opened after they were written,
    # of which 4 are among the 10: 16 rows, whichever of its reasons a row is counted under
    assert sum(held.values()) == 16, held


def test_servicenow_reopened_incidents_are_seen(servicenow: Path, sound: dict[str, list[dict[str, str]]]) -> None:
    done = ("Resolved", "Closed")
    raw = {
        number
        for number, own in sound.items()
        for before, after in pairwise(own)
        if before["incident_state"] in done and after["incident_state"] not in done
    }
    assert len(raw) > 250
    seen = {
        number
        for (number,) in rows(
            servicenow, "select incident_id from {reliability.fct_incident_events} where event = 'reopened'"
        )
    }
    assert raw <= seen


def test_servicenow_the_log_speaks_for_three_months_only(servicenow: Path) -> None:
    assert rows(
        servicenow,
        "select distinct status from {scorecard.metric_values} where period_type = 'month'"
        " and dimension is null and period_start_on >= date '2016-06-01'",
    ) == [("missing_source",)]


def test_servicenow_no_person_is_in_any_released_column(servicenow: Path) -> None:
    for path in sorted((servicenow / "tables").glob("*.parquet")):
        with duckdb.connect() as connection:
            columns = connection.execute(f"describe select * from read_parquet('{path}')").fetchall()
            texts = [name for name, kind, *_ in columns if kind == "VARCHAR"]
            for name in texts:
                found = connection.execute(
                    f"select count(*) from read_parquet('{path}') where regexp_matches({name},"
                    " '^(Caller|Opened by|Created by|Updated by|Resolver|Resolved by) ')"
                ).fetchone()
                assert found == (0,), (path.name, name)
