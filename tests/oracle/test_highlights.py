"""A restore time that fell after an automation went live: told where it fell beyond chance, by its rows and the logs.

The example with two dozen incidents more, of a fingerprint that a runbook of their team is for.
"""

from __future__ import annotations

import csv
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.oracle import released as beside
from tests.oracle.reference import compute
from tests.support import ROOT, release_here

LIVE = datetime(2026, 2, 12, 9, 0, tzinfo=UTC)
ZONE_OFFSET = timedelta(hours=1)
EACH = 12


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _incidents(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Twelve of 60 to 71 minutes before, twelve of 30 to 41 after: acquirer timeouts of the payments team."""
    made = []
    for side, took in (("before", 60), ("after", 30)):
        for number in range(EACH):
            away = timedelta(days=number + 1)
            began = LIVE - away if side == "before" else LIVE + away
            ended = began + timedelta(minutes=took + number)
            name = f"ACQ-{side}-{number:02}"
            made.append(
                {
                    **dict.fromkeys(rows[0]), "source_record_id": name, "incident_id": name,
                    "service_id": "payment-gateway", "severity": "sev3", "impact_started_at": _text(began),
                    "detected_at": _text(began), "declared_at": _text(began), "acknowledged_at": _text(began),
                    "resolved_at": _text(ended), "resolved_by": "person", "is_planned": False,
                    "fingerprint": "acquirer-stall", "updated_at": _text(ended), "recorded_at": _text(ended),
                    "is_deleted": False,
                }
            )  # fmt: skip
    return made


def _append(path: Path, values: dict[str, str], encoding: str = "utf-8") -> None:
    with path.open(encoding=encoding, newline="") as log:
        columns = csv.DictReader(log).fieldnames or []
    with path.open("a", encoding=encoding, newline="") as log:
        csv.DictWriter(log, columns, restval="").writerow(values)


def _local(moment: datetime) -> str:
    """As the runbook tool writes its times: of Berlin in winter, without saying so."""
    return (moment + ZONE_OFFSET).strftime("%Y-%m-%d %H:%M")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(organisation, release)."""
    folder = tmp_path_factory.mktemp("fallen")
    organisation = Path(shutil.copytree(ROOT / "organisations" / "example", folder / "example"))
    log = organisation / "sources" / "incidents.jsonl"
    rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    more = "".join(json.dumps(row) + "\n" for row in _incidents(rows))
    log.write_text(log.read_text(encoding="utf-8") + more, encoding="utf-8")
    ready = LIVE - timedelta(days=2)
    _append(
        organisation / "sources" / "runbooks.csv",
        {
            "source_record_id": "reset-acquirer@1", "automation_id": "reset-acquirer", "version": "1",
            "team_id": "payments", "name": "Reset", "alert_classes": "acquirer-stall|other", "risk": "routine",
            "formalised_at": _local(ready), "tested_at": _local(ready), "manual_minutes": "10",
            "manual_minutes_basis": "measured", "valid_from": _local(ready), "updated_at": _local(ready),
            "recorded_at": _local(ready), "is_deleted": "false",
        },
        encoding="latin-1",
    )  # fmt: skip
    day_first = (LIVE + ZONE_OFFSET).strftime("%d/%m/%Y %H:%M")
    _append(
        organisation / "sources" / "runbook_runs.csv",
        {
            "source_record_id": "run-reset", "run_id": "run-reset", "automation_id": "reset-acquirer", "version": "1",
            "service_id": "payment-gateway", "trigger": "alert", "started_at": day_first, "finished_at": day_first,
            "outcome": "succeeded", "mode": "live", "updated_at": day_first, "recorded_at": day_first,
            "is_deleted": "false",
        },
    )  # fmt: skip
    return organisation, release_here(organisation, folder / "home")


def test_a_fall_beyond_chance_is_told_with_both_medians(told: tuple[Path, Path]) -> None:
    (row,) = [row for row in beside.rows_of(told[1], "highlights") if row["kind"] == "restore_time_fell"]
    assert row["highlight_id"] == "restore_time_fell/payments/2026-01-01/reset-acquirer/acquirer-stall"
    assert row["sentence"].startswith(
        "Incidents of acquirer-stall took 35.5 minutes to restore (median of 12) after automation reset-acquirer first "
        "ran live on 2026-02-12, and 65.5 minutes before (median of 12); ratio 0.54"
    )
    assert row["sentence"].endswith("This is what was seen after it, not what it did.")
    assert row["ratio_low"] < row["ratio"] < row["ratio_high"] < 1
    assert len(row["evidence_ids"].split(",")) == row["events"] == 2 * EACH


def test_the_logs_tell_the_same(told: tuple[Path, Path]) -> None:
    oracle = compute(told[0])
    assert {key.kind for key in oracle.highlights} >= {"restore_time_fell", "averted_outage", "error_budget_held"}
    beside.compare_highlights(oracle, told[1])
    beside.compare_recognition(oracle, told[1])
