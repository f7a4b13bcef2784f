"""The embedded organisation, against tables written by hand in tests/golden.

Belongs here: what the example's logs must come to (quarantine, fates, links, cells), and that its logs are
what they claim to be. Does not belong here: how a layer works (its own tests), the real data
(tests/integration).
"""

from __future__ import annotations

import csv
import json
import re
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "organisations" / "example"
GOLDEN = ROOT / "tests" / "golden"
CELL = (
    "entity_type", "entity_id", "metric_id", "period_type", "period_start_on", "dimension", "dimension_value",
)  # fmt: skip


@pytest.fixture(scope="module")
def example(released: Callable[..., Path]) -> Path:
    """The release of the example."""
    return released("example")


def golden(name: str) -> list[dict[str, str]]:
    with (GOLDEN / name).open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def published(release: Path, query: str) -> list[tuple[Any, ...]]:
    """Rows of `query`; `{core.dim_team}` names a published table."""
    tables = release / "tables"
    sql = re.sub(r"\{([a-z_.]+)\}", lambda match: f"read_parquet('{tables}/{match.group(1)}.parquet')", query)
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        return connection.execute(sql).fetchall()


def in_warehouse(release: Path, query: str) -> list[tuple[Any, ...]]:
    """Rows of `query` over the build warehouse, where quarantine is."""
    with duckdb.connect(str(release.parents[1] / "warehouse.duckdb"), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        return connection.execute(query).fetchall()


def exact(text: str) -> Fraction | None:
    """`2*2629800/2332800` as a fraction, so that a person may check the arithmetic; empty is null."""
    if not text:
        return None
    product, _, divisor = text.partition("/")
    value = Fraction(1)
    for factor in product.split("*"):
        value *= Fraction(factor)
    return value / Fraction(divisor or 1)


def test_every_planted_defect_is_held_and_nothing_else(example: Path) -> None:
    held = in_warehouse(
        example,
        "select source, kind, source_record_id, column_name, value, reason from staging.quarantine",
    )
    expected = [tuple(row.values()) for row in golden("example_quarantine.csv")]
    shown = [tuple("" if text is None else str(text) for text in row) for row in held]
    by_key = [(*row[:4], "" if row[3] == "key" else row[4], row[5]) for row in shown]
    record = [(row[0], row[1], row[2].split(":")[0], *row[3:]) for row in by_key]
    assert Counter(record) == Counter(expected)


def test_every_row_has_its_fate(example: Path) -> None:
    shown = published(
        example,
        "select source, kind, fate, case when fate = 'not_applicable' then reason end,"
        " sum(rows), sum(records) from {scorecard.quality}"
        " where section = 'rows' and source <> 'organisation' group by all",
    )
    counted = {
        (source, kind, fate, reason or ""): (int(rows), int(records) if fate == "staged" else None)
        for source, kind, fate, reason, rows, records in shown
        if rows
    }
    assert counted == {
        (row["source"], row["kind"], row["fate"], row["reason"]): (
            int(row["rows"]),
            int(row["records"]) if row["fate"] == "staged" else None,
        )
        for row in golden("example_fates.csv")
    }


def test_each_incident_is_linked_to_its_cause_and_by_that_rule(example: Path) -> None:
    shown = published(example, "select incident_id, rule, deployment_id from {delivery.fct_incident_deployment_links}")
    expected = {row["incident"]: (row["rule"], row["deployment"]) for row in golden("example_links.csv")}
    assert len(shown) == len(expected)
    assert {incident: (rule, deployment or "") for incident, rule, deployment in shown} == expected


def test_each_agreed_window_is_valid_or_says_why_not(example: Path) -> None:
    shown = published(
        example,
        "select exclusion_id, service_id, team_id, sli, invalid_reason, is_valid from {reliability.fct_slo_exclusions}",
    )
    assert all(is_valid == (reason is None) for *_, reason, is_valid in shown)
    expected = [tuple(row.values())[:5] for row in golden("example_exclusions.csv")]
    assert sorted(tuple(text or "" for text in row[:5]) for row in shown) == expected


def test_the_policy_has_its_two_versions_in_every_tier(example: Path) -> None:
    expected = golden("example_policy.csv")
    shown = published(example, f"select {', '.join(expected[0])}, is_retroactive from {{scorecard.policy}}")
    assert not any(is_retroactive for *_, is_retroactive in shown)
    assert Counter(tuple(_plain(value) for value in row[:-1]) for row in shown) == Counter(
        tuple(row.values()) for row in expected
    )


def test_a_period_has_the_policy_of_its_first_day(example: Path) -> None:
    shown = published(
        example,
        "select distinct m.period_type, m.period_start_on::varchar, p.policy_version, p.target"
        " from {scorecard.metric_values} as m inner join {scorecard.policy} as p on m.metric_id = p.metric_id"
        " and p.valid_from <= m.period_start_on and (p.valid_to is null or m.period_start_on < p.valid_to)"
        " where m.metric_id = 'lead_time' and m.period_type <> 'week' and p.tier = 1",
    )
    assert {row[:2]: row[2:] for row in shown if row[1] < "2026-04"} == {
        ("quarter", "2026-01-01"): ("books-1", 48), ("month", "2026-01-01"): ("books-1", 48),
        ("month", "2026-02-01"): ("books-1", 48), ("month", "2026-03-01"): ("books-2", 24),
    }  # fmt: skip


def test_the_roll_out_and_the_exceptions_have_their_days(example: Path) -> None:
    cohorts = published(
        example, "select cohort, starts_on::varchar, scored_from::varchar from {scorecard.policy_cohorts}"
    )
    assert set(cohorts) == {("pilot", "2025-12-01", "2026-01-01"), ("second", "2026-01-01", "2026-02-01")}
    exceptions = published(
        example,
        "select entity_type, entity_id, metric_id, guardrail_id, valid_from::varchar, expires_on::varchar,"
        " approver_role from {scorecard.policy_exceptions}",
    )
    assert set(exceptions) == {
        ("team", "platform", "lead_time", None, "2026-02-02", "2026-02-16", "head_of_engineering"),
        ("service", "warehouse-sync", None, "escalation", "2026-01-05", "2026-07-01", "operations_manager"),
    }


def test_a_cohort_is_scored_in_the_periods_that_begin_when_it_counts(example: Path) -> None:
    """Platform is scored from February on: January, and the quarter that began with it, are shown without a score."""
    rows = published(
        example,
        "select period_type, period_start_on::varchar, status, count(value) from {scorecard.scores}"
        " where entity_id = 'platform' and pillar = 'delivery' group by all",
    )
    assert {row[:3] for row in rows if row[1] < "2026-02"} == {
        ("month", "2026-01-01", "not_scored_yet"), ("quarter", "2026-01-01", "not_scored_yet"),
    }  # fmt: skip
    assert ("month", "2026-02-01", "provisional", 1) in rows
    gaps = published(
        example,
        "select status from {scorecard.gaps_to_target} where entity_id = 'platform' and metric_id = 'change_fail_rate'"
        " and period_type = 'month' and period_start_on = '2026-01-01'",
    )
    assert gaps in ([("open",)], [("reached",)])


def _plain(value: object) -> str:
    """A published value as a person writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


@pytest.mark.parametrize(
    "row",
    golden("example_metrics.csv"),
    ids=lambda row: "-".join(filter(None, (row[column] for column in CELL[1:]))),
)
def test_a_cell_worked_by_hand(example: Path, row: dict[str, str]) -> None:
    same = " and ".join(f"{column} = '{row[column]}'" if row[column] else f"{column} is null" for column in CELL)
    ((numerator, denominator, n, censored, value, status),) = published(
        example,
        f"select numerator, denominator, n, censored, value, status from {{scorecard.metric_values}} where {same}",
    )
    if row["status"] == "suppressed":
        assert (numerator, denominator, n, censored, value, status) == (None, None, None, None, None, "suppressed")
    else:
        assert numerator == pytest.approx(float(exact(row["numerator"]) or 0), rel=1e-9)
        assert denominator == pytest.approx(float(exact(row["denominator"]) or 0), rel=1e-9)
        assert (n, censored or 0, status) == (int(row["n"]), int(row["censored"]), row["status"])
        expected = exact(row["value"])
        assert value == (None if expected is None else pytest.approx(float(expected), rel=1e-9, abs=1e-12))
    if not row["dimension"]:
        excluded = published(example, f"select reason, rows from {{scorecard.exclusions}} where {same}")
        wanted = dict(part.split(":") for part in row["excluded"].split("|") if part)
        assert {reason: str(count) for reason, count in excluded} == wanted


def test_the_clock_change_lies_inside_an_incident(example: Path) -> None:
    assert published(
        example, "select restore_minutes from {reliability.fct_incidents} where incident_id = 'INC-36'"
    ) == [(120.0,)]


def test_local_times_of_the_runbooks_are_read_day_first_on_both_sides_of_the_clock_change(
    example: Path,
) -> None:
    assert published(
        example,
        "select cast(started_at as varchar) from {automation.fct_automation_runs}"
        " where source = 'runbook_runs' and cast(started_at as date) = date '2026-03-29'"
        " order by 1 limit 2",
    ) == [("2026-03-29 00:50:00",), ("2026-03-29 01:10:00",)]


def test_a_corrected_record_shows_its_newest_state_and_a_withdrawn_one_none(example: Path) -> None:
    assert published(
        example,
        "select outcome from {delivery.fct_deployments} where deployment_id = 'catalogue-search-1014'",
    ) == [("failed",)]
    assert published(example, "select severity from {reliability.fct_incidents} where incident_id = 'INC-11'") == [
        ("sev2",)
    ]
    assert not published(example, "select 1 from {reliability.fct_incidents} where incident_id in ('INC-43', 'INC-44')")


def test_an_averted_rollout_is_not_a_failure_and_an_unknown_one_is_neither(example: Path) -> None:
    shown = published(
        example,
        "select deployment_id, is_failed, is_averted, failed_because from {delivery.fct_deployments}"
        " where outcome in ('aborted', 'rolled_back') order by 1",
    )
    stories = {record: (failed, averted, because) for record, failed, averted, because in shown}
    assert stories["web-shop-1084"] == (False, True, None)
    assert stories["web-shop-1096"][0] is None
    assert sorted(story for story in stories.values() if story[0]) == [(True, False, "rolled_back")] * 2


def test_ownership_follows_the_move_to_the_hour(example: Path) -> None:
    assert published(
        example,
        "select incident_id, team_id from {reliability.fct_incidents}"
        " where incident_id in ('INC-16', 'INC-18', 'INC-19') order by 1",
    ) == [("INC-16", "platform"), ("INC-18", "storefront"), ("INC-19", "payments")]


def test_the_past_knows_nothing_that_was_recorded_later(released: Callable[..., Path]) -> None:
    past = released("example", as_of="2026-02-19T12:00:00Z")
    incidents = dict(
        published(
            past,
            "select incident_id, is_resolved from {reliability.fct_incidents} where source = 'incident_desk'",
        )
    )
    assert "INC-17" not in incidents, "it was written down on 24 February"
    assert "INC-21" not in incidents
    assert incidents["INC-20"] is False, "open until its ticket says otherwise, on the 20th"
    assert published(
        past, "select outcome from {delivery.fct_deployments} where deployment_id = 'catalogue-search-1014'"
    ) == [("succeeded",)]


def test_every_kind_of_status_is_on_show(example: Path) -> None:
    statuses = {status for (status,) in published(example, "select distinct status from {scorecard.metric_values}")}
    assert statuses >= {"ok", "provisional", "insufficient", "no_exposure", "missing_source", "immature"}


def test_the_example_is_small_and_its_log_has_two_line_endings() -> None:
    files = [path for path in EXAMPLE.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 400_000
    lines = (EXAMPLE / "sources" / "deployments.csv").read_bytes().splitlines(keepends=True)
    windows = sum(line.endswith(b"\r\n") for line in lines)
    assert 0 < windows < len(lines)


def test_the_defects_are_where_the_list_says() -> None:
    listed = re.findall(
        r"^\| (\S+\.(?:csv|jsonl)) \| ([0-9, ]+) \| (\S+?)…? \|", (EXAMPLE / "DEFECTS.md").read_text(), re.M
    )
    assert len(listed) > 15
    for file, numbers, record in listed:
        text = (EXAMPLE / "sources" / file).read_text(encoding="latin-1" if file == "runbooks.csv" else "utf-8")
        rows = text.splitlines()[1 if file.endswith(".csv") else 0 :]
        for number in numbers.split(","):
            assert record in rows[int(number) - 1], (file, number)


def test_the_manifest_says_which_run_made_the_release_and_when(example: Path) -> None:
    run = json.loads((example / "manifest.json").read_text(encoding="utf-8"))["run"]
    assert uuid.UUID(run["run_id"])
    assert datetime.fromisoformat(run["started_at"]).tzinfo is not None
