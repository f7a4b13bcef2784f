"""A simulated organisation: what is published equals what truly happened, what is quarantined equals what was broken.

Belongs here: the simulator's state against a release. Without dirt and without cheating, since those change what is
known. Does not belong here: the shape of the simulation (tests/unit/test_simulate_*.py).
"""

from __future__ import annotations

import csv
import math
import shutil
from collections import Counter
from datetime import UTC
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest

from pipelines import organisation as organisations
from pipelines.simulate import state, versions, world
from pipelines.simulate.kinds import KINDS
from pipelines.simulate.render import instant_text
from pipelines.simulate.rhythm import Rhythm
from pipelines.simulate.run import simulate
from pipelines.simulate.settings import SIGNALS, SimulationSettings
from tests.oracle import released as beside
from tests.oracle.reference import compute
from tests.oracle.reference.disclosure import PEOPLE
from tests.oracle.simulated_truth import BUDGETS, DURATIONS, OTHERS, RATES, RATIOS, Cell, Key, Truth
from tests.oracle.truth_automation import COUNTS
from tests.oracle.truth_latency import METRICS as LATENCY
from tests.oracle.truth_outcomes import MEASURES
from tests.support import release_here

# A seed with all that is rare: an incident of which nobody said whether it was planned, a late record, reopened ones.
SMALL = {"seed": 39, "teams": 4, "services": 12, "weeks": 14, "sli_seconds": 3600, "starts_on": "2025-01-27"}
METRICS = {*RATES, *DURATIONS, *RATIOS, *OTHERS, *BUDGETS, *MEASURES, *LATENCY}


def released(folder: Path, settings: SimulationSettings) -> tuple[Path, Path]:
    """The organisation folder and the home of its one release."""
    organisation, home = simulate(folder / "organisation", settings), folder / "home"
    release_here(organisation, home)
    return organisation, home


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Neither dirt nor cheating."""
    settings = SimulationSettings.model_validate({**SMALL, "defects_share": 0, "cheats": ()})
    return released(tmp_path_factory.mktemp("clean"), settings)


@pytest.fixture(scope="module")
def cells(clean: tuple[Path, Path]) -> dict[Key, Cell]:
    """Undivided cells of the release."""
    table = pq.read_table(clean[1] / "releases/current/tables/scorecard.metric_values.parquet")
    return {
        Key(*(row[name] for name in Key._fields)): Cell(*(row[name] for name in Cell._fields))
        for row in table.to_pylist()
        if row["dimension"] is None
    }


@pytest.fixture(scope="module")
def published(clean: tuple[Path, Path], cells: dict[Key, Cell], withheld: dict[Key, Cell]) -> dict[Key, Cell]:
    """These, with the numbers that are withheld as the warehouse has them, which nobody is shown."""
    with duckdb.connect(str(clean[1] / "warehouse.duckdb"), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        rows = con.execute(f"""
            select {", ".join([*Key._fields, *Cell._fields])} from intermediate.int_measured_cells
            inner join intermediate.int_entities using (entity_key)
            inner join intermediate.int_periods using (period_key) where dimension is null
        """).fetchall()
    measured = {Key(*row[: len(Key._fields)]): Cell(*row[len(Key._fields) :]) for row in rows}
    return {key: measured[key] if key in withheld else cell for key, cell in cells.items()}


@pytest.fixture(scope="module")
def withheld(cells: dict[Key, Cell]) -> dict[Key, Cell]:
    """Those that are."""
    return {key: cell for key, cell in cells.items() if cell.status == "suppressed"}


@pytest.fixture(scope="module")
def truth(clean: tuple[Path, Path]) -> Truth:
    """From the state's tables."""
    return truth_of(clean[0])


def truth_of(folder: Path) -> Truth:
    organisation = organisations.load(folder)
    start = organisation.sources[0].covers[0].covers_from
    assert not isinstance(organisation.as_of, str)
    return Truth(folder / "truth", organisation.name, organisation.time_zone, start, organisation.as_of)


def differs(expected: Cell, found: Cell) -> bool:
    pairs = zip(expected, found, strict=True)
    return not all(
        a == b or (isinstance(a, float) and isinstance(b, float) and math.isclose(a, b, rel_tol=1e-9)) for a, b in pairs
    )


def test_every_published_cell_is_the_truth(truth: Truth, published: dict[Key, Cell]) -> None:
    wrong = [(key, truth.cell(key), cell) for key, cell in published.items() if differs(truth.cell(key), cell)]
    assert not wrong, (len(wrong), wrong[:5])


def test_what_is_withheld_shows_nothing(withheld: dict[Key, Cell]) -> None:
    """Which cells these are is told by the oracle, below: the truth knows of no disclosure."""
    assert {key.metric_id for key in withheld} <= set(PEOPLE)
    assert {number for cell in withheld.values() for number in cell if not isinstance(number, str)} == {None}


def test_nothing_that_happened_is_missing(truth: Truth, cells: dict[Key, Cell]) -> None:
    assert not truth.tallies.keys() - cells.keys()


def test_the_comparison_has_something_to_compare(truth: Truth, published: dict[Key, Cell]) -> None:
    """Every metric of the catalogue, at every level and period, with values; and reasons to leave something out."""
    assert {key.metric_id for key in published} == METRICS
    shown = {
        (key.metric_id, key.entity_type, key.period_type) for key, cell in published.items() if cell.value is not None
    }
    few = {
        "reopen_rate",
        "self_healing_share",
        "capacity_automation",
        "repeat_share",
        "automation_coverage",
        "toil_share",
        "unplanned_work_share",
        *DURATIONS,
        *COUNTS,
    }  # a service has less than five incidents in a quarter, and no automations of its own
    rare = {  # a team has less than five of them
        "rollback_automatic_success", "failed_deployment_recovery_time",
        "postmortem_coverage", "postmortem_delay", "actions_on_time", "review_breadth",
        "declaration_completeness",
    }  # fmt: skip
    young = "automations_completed"  # judged after 90 days: of a quarter of these 14 weeks too early to say
    usual = METRICS - rare - {young, *MEASURES, *LATENCY}
    wanted = {(metric, level, "quarter") for metric in usual for level in ("team", "area")}
    wanted |= {(metric, "service", "quarter") for metric in usual - few}
    wanted |= {(metric, "portfolio", period) for metric in usual for period in ("week", "month", "quarter")}
    wanted |= {(metric, "portfolio", "quarter") for metric in rare}
    wanted |= {(young, level, "week") for level in ("portfolio", "team")}
    wanted |= {(metric, level, "quarter") for metric in LATENCY for level in ("service", "team", "area", "portfolio")}
    wanted |= {(metric, "portfolio", period) for metric in MEASURES for period in ("month", "quarter")}
    assert not wanted - shown
    excluded = Counter(reason for tally in truth.tallies.values() for reason in tally.excluded)
    assert {"planned_unknown", "immature", "environment_unknown", "acknowledgement_unknown"} <= excluded.keys()
    assert truth.agreed_samples, "no sample lies in an agreed window"


def test_a_different_truth_is_noticed(truth: Truth, published: dict[Key, Cell]) -> None:
    """One event more in one tally, and exactly its cell differs."""
    key = next(k for k, cell in published.items() if k.metric_id == "change_fail_rate" and cell.status == "ok")
    truth.tallies[key].hits += 1
    wrong = [each for each, cell in published.items() if differs(truth.cell(each), cell)]
    truth.tallies[key].hits -= 1
    assert wrong == [key], wrong


def test_a_service_moved_in_this_simulation(truth: Truth) -> None:
    assert any(row["moved_at"] for row in truth.services.values())


def test_clean_logs_leave_quarantine_empty(clean: tuple[Path, Path]) -> None:
    assert not quarantined(clean[1])
    assert (clean[0] / "truth/defects.csv").read_text().count("\n") == 1


def test_with_a_clock_in_the_past_only_what_was_known_then_is_seen(clean: tuple[Path, Path], tmp_path: Path) -> None:
    """Which incidents, and whether they were over: late records and later versions are not seen yet."""
    settings = SimulationSettings.model_validate({**SMALL, "defects_share": 0, "cheats": ()})
    true = state.simulate(world.build(settings), lambda step: None)
    rows = versions.of(true, "incidents")
    lag = rows["recorded_at"] - rows["updated_at"]
    latest = np.argmax(np.where(rows["updated_at"] < true.world.rhythm.end - 28 * 86_400, lag, 0))
    as_of = int(rows["updated_at"][latest]) + 3600
    seen = rows.take(rows["recorded_at"] <= as_of).ordered("record_key", "updated_at")
    last = {int(key): place for place, key in enumerate(seen["record_key"])}
    newest = {key: int(seen["resolved_at"][place]) for key, place in last.items() if not seen["is_deleted"][place]}
    late = (rows["updated_at"] <= as_of) & (rows["recorded_at"] > as_of)
    assert late.any(), "no record is late here: the test would prove nothing"

    shutil.copytree(clean[1] / "landing", tmp_path / "landing")
    release = release_here(clean[0], tmp_path, "--as-of", instant_text(as_of))
    table = pq.read_table(release / "tables/reliability.fct_incidents.parquet").to_pylist()
    found = {int(row["incident_id"].removeprefix("INC-")): row["resolved_at"] for row in table}
    assert {
        key: -1 if end is None else int(end.replace(tzinfo=UTC).timestamp()) for key, end in found.items()
    } == newest


Held = tuple[str, str, int, str, str, str, str]


def quarantined(home: Path) -> Counter[Held]:
    """Every defect of the organisation's own logs as the build warehouse holds it."""
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "select source, file, row, source_record_id, column_name, coalesce(value, ''), reason "
            "from staging.quarantine"
        ).fetchall()
    return Counter(rows)


def planted(folder: Path) -> Counter[Held]:
    """truth/defects.csv of the sources that organisation.yml declares; rows counted on from file to file."""
    before: dict[tuple[str, str], int] = {}
    sources = [source.name for source in organisations.load(folder).sources]
    for source in sources:
        rows = 0
        for path in sorted((folder / "logs" / source).iterdir()):
            before[source, path.name] = rows
            rows += path.read_bytes().count(b"\n")
    with (folder / "truth/defects.csv").open(encoding="utf-8", newline="") as stream:
        listed = [row for row in csv.DictReader(stream) if row["source"] in sources]
    return Counter(
        (
            row["source"], row["file"], before[row["source"], row["file"]] + int(row["row"]), row["source_record_id"],
            row["column_name"], row["value"], row["reason"],
        )
        for row in listed
    )  # fmt: skip


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Dirt in every log, and every signal of cheating."""
    teams = ("harbour", "beacon", "anchor", "compass")
    cheats = tuple(f"{signal}:{teams[place % 4]}" for place, signal in enumerate(SIGNALS))
    settings = SimulationSettings.model_validate(
        {**SMALL, "weeks": 12, "seed": 5, "defects_share": 0.03, "cheats": cheats}
    )
    return released(tmp_path_factory.mktemp("dirty"), settings)


def test_quarantine_holds_what_was_broken_and_nothing_else(dirty: tuple[Path, Path]) -> None:
    """Also where everybody cheats: a cheated record is well-formed."""
    organisation, home = dirty
    expected = planted(organisation)
    assert quarantined(home) == expected
    short = {"slo_exclusions", "contributions"}  # logs of so few rows that none of them is broken here
    assert {source for source, *_ in expected} == {kind.name for kind in KINDS if kind.feed and kind.broken} - short
    reasons = {reason for *_, reason in expected}
    assert reasons >= {
        "not in the vocabulary", "not a time that any declared format reads", "below 0", "above 1", "end before start",
        "later than it was recorded", "two contents under one key", "unknown service", "unknown team",
        "not a finite number", "not a whole number", "neither true nor false",
    }  # fmt: skip


def test_the_oracle_of_logs_reads_the_same_from_dirty_ones(dirty: tuple[Path, Path]) -> None:
    """Every cell with its splits and limits, every exclusion and fate: what the logs say, cheated or not."""
    oracle, release = compute(dirty[0]), (dirty[1] / "releases/current").resolve()
    beside.compare_cells(oracle, beside.published_cells(release))
    beside.compare_changes(oracle, beside.published_changes(release))
    beside.compare_associations(oracle, release)
    beside.compare_guardrails(oracle, release)
    beside.compare_awards(oracle, release)
    beside.compare_recognition(oracle, release)
    beside.compare_highlights(oracle, release)
    beside.compare_exclusions(oracle, beside.published_exclusions(release))
    signals = beside.published_signals(release)
    beside.compare_signals(oracle.signals, signals)
    assert {key.signal_id for key, one in signals.items() if one.n} == set(SIGNALS), (
        "some signal had nothing to look at"
    )
    rows, _ = beside.published_fates(release)
    beside.compare_counts("fates differ", oracle.fates.rows, rows)


def test_the_clock_of_the_rhythm_is_that_of_the_folder(clean: tuple[Path, Path]) -> None:
    rhythm = Rhythm(SimulationSettings.model_validate(SMALL))
    organisation = organisations.load(clean[0])
    assert not isinstance(organisation.as_of, str)
    assert int(organisation.as_of.timestamp()) == rhythm.as_of
    assert int(organisation.sources[0].covers[0].covers_from.timestamp()) == rhythm.start
