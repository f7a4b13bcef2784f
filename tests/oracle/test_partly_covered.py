"""Partly covered time, planted: numerator and exposure speak of the same service-time, to the microsecond.

The figures here are counted from the planted rows alone; the oracle is laid beside every other cell.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.oracle import partly_covered as planted
from tests.oracle import released as beside
from tests.oracle.reference import Oracle, compute
from tests.oracle.reference.cells import Cell, Key
from tests.support import cached_release

QUARTER = datetime.fromisoformat("2025-12-31T23:00:00+00:00"), datetime.fromisoformat("2026-03-31T22:00:00+00:00")
"""The first quarter in Berlin, whose summer time began on 29 March."""
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planted.write(tmp_path_factory.mktemp("planted") / "partly")


@pytest.fixture(scope="module")
def release(folder: Path) -> Path:
    return cached_release(folder, None, folder.parent / "homes")


@pytest.fixture(scope="module")
def oracle(folder: Path) -> Oracle:
    return compute(folder)


@pytest.fixture(scope="module")
def cells(release: Path) -> dict[Key, Cell]:
    return beside.published_cells(release)


def quarter(entity: tuple[str, str], metric: str, *split: str) -> Key:
    return Key(*entity, metric, "quarter", QUARTER[0].date() + timedelta(days=1), *(split or (None, None)))


def unplanned(service: str, starts: datetime, ends: datetime) -> int:
    """Planted incidents of a service that began in [starts, ends)."""
    return sum(
        row["service_id"] == service
        and row["is_planned"] == "false"
        and starts <= datetime.fromisoformat(row["impact_started_at"]) < ends
        for row in planted.incidents()
    )


def test_every_cell_says_the_same(release: Path, oracle: Oracle, cells: dict[Key, Cell]) -> None:
    beside.compare_cells(oracle, cells)
    beside.compare_changes(oracle, beside.published_changes(release))
    beside.compare_exclusions(oracle, beside.published_exclusions(release))


def test_incidents_and_service_time_of_one_service_have_the_same_bounds(cells: dict[Key, Cell]) -> None:
    covered = planted.DESK_FROM, planted.DESK_TO
    cell = cells[quarter(("service", "a"), "incident_rate")]
    assert cell.numerator == unplanned("a", *covered) < unplanned("a", *QUARTER)
    assert cell.denominator == pytest.approx((covered[1] - covered[0]).total_seconds() / 2_629_800, rel=1e-12)
    late = cells[quarter(("service", "c"), "incident_rate")]
    assert late.numerator == unplanned("c", planted.C_BEGINS, covered[1])


def test_what_is_left_out_is_counted(release: Path, cells: dict[Key, Cell]) -> None:
    excluded = beside.published_exclusions(release)
    key = quarter(("service", "a"), "incident_rate")
    unknown = sum(rows for (found, reason), rows in excluded.items() if found == key and reason == "planned_unknown")
    in_scope = sum(
        row["service_id"] == "a"
        and row["is_planned"] != "true"
        and QUARTER[0] <= datetime.fromisoformat(row["impact_started_at"]) < QUARTER[1]
        for row in planted.incidents()
    )
    assert cells[key].numerator + unknown + excluded[key, "not_covered"] == in_scope
    assert unknown > 0


def test_a_team_counts_only_its_covered_service(cells: dict[Key, Cell]) -> None:
    """Blue owns d, of which nobody speaks, c since its begin and b since 10 February in Berlin.

    An incident that names the team and no service counts while either is covered: from c's begin on.
    """
    moved = datetime.fromisoformat("2026-02-09T23:00:00+00:00")
    own = unplanned("c", planted.C_BEGINS, planted.DESK_TO) + unplanned("b", moved, QUARTER[1])
    stated = sum(
        (row["service_id"], row["team_id"], row["is_planned"]) == ("", "blue", "false")
        and planted.C_BEGINS <= datetime.fromisoformat(row["impact_started_at"]) < QUARTER[1]
        for row in planted.incidents()
    )
    assert stated > 0
    assert cells[quarter(("team", "blue"), "incident_rate")].numerator == own + stated


def test_a_service_of_which_no_source_speaks_has_nothing(release: Path, cells: dict[Key, Cell]) -> None:
    key = quarter(("service", "d"), "incident_rate")
    assert (cells[key].status, cells[key].numerator, cells[key].denominator) == ("missing_source", 0, 0)
    assert beside.published_exclusions(release)[key, "not_covered"] > 100


def test_a_rate_is_divided_by_the_time_in_which_its_numerator_is_spoken_of(cells: dict[Key, Cell]) -> None:
    """Outcomes are stated from 25 January on, deployments from the 5th to 20 March."""
    whole = cells[quarter(("service", "a"), "deployment_frequency")]
    split = cells[quarter(("service", "a"), "deployment_frequency", "outcome", "succeeded")]
    spoken = (QUARTER[1] - planted.OUTCOMES_FROM).total_seconds() / 604_800
    logged = (planted.DEPLOYS_TO - datetime.fromisoformat("2026-01-05T00:00:00+00:00")).total_seconds() / 604_800
    assert (whole.denominator, split.denominator) == pytest.approx((spoken, logged), rel=1e-12)
    assert whole.numerator != split.numerator
