"""The comparison itself: it must notice every kind of difference, or its agreement proves nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.oracle import released as beside
from tests.oracle.reference import Oracle, compute
from tests.oracle.reference.associations import associations, pairs
from tests.oracle.reference.cells import Cell, Key
from tests.oracle.reference.changes import changes

EXAMPLE = Path(__file__).resolve().parents[2] / "organisations" / "example"


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return compute(EXAMPLE)


def shown(oracle: Oracle) -> Key:
    """A cell that shows a value."""
    return next(key for key, cell in oracle.cells.items() if cell.value and cell.low and cell.status == "ok")


def test_equal_cells_pass(oracle: Oracle) -> None:
    nearly = {k: c._replace(value=c.value and c.value * (1 + 1e-12)) for k, c in oracle.cells.items()}
    beside.compare_cells(oracle, nearly)
    beside.compare_exclusions(oracle, dict(oracle.exclusions))


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("numerator", lambda x: x + 1),
        ("n", lambda x: x + 1),
        ("censored", lambda x: None),
        ("value", lambda x: x * (1 + 1e-7)),
        ("low", lambda x: None),
        ("status", lambda x: "no_exposure"),
        ("is_closed", lambda x: not x),
    ],
)
def test_any_changed_column_is_named(oracle: Oracle, column: str, change: Callable[[Any], Any]) -> None:
    key = shown(oracle)
    cell = oracle.cells[key]
    wrong = {**oracle.cells, key: Cell(*(cell._replace(**{column: change(getattr(cell, column))})))}
    with pytest.raises(AssertionError, match=f"(?s)1 cells differ.*{key.metric_id}.*{column}: oracle"):
        beside.compare_cells(oracle, wrong)


def test_a_missing_and_a_superfluous_cell_are_named(oracle: Oracle) -> None:
    key = shown(oracle)
    fewer = {k: c for k, c in oracle.cells.items() if k != key}
    with pytest.raises(AssertionError, match="not in the release"):
        beside.compare_cells(oracle, fewer)
    more = {**oracle.cells, key._replace(entity_id="ghost"): oracle.cells[key]}
    with pytest.raises(AssertionError, match="not in the oracle"):
        beside.compare_cells(oracle, more)


def test_a_lost_exclusion_and_a_moved_row_are_named(oracle: Oracle) -> None:
    first = next(iter(oracle.exclusions))
    with pytest.raises(AssertionError, match="release 0"):
        beside.compare_exclusions(oracle, {k: n for k, n in oracle.exclusions.items() if k != first})
    moved = oracle.fates.rows.copy()
    moved["incident_desk", "incidents", "quarantined", None] -= 1
    moved["incident_desk", "incidents", "staged", None] += 1
    with pytest.raises(AssertionError, match="2 fates"):
        beside.compare_counts("fates differ", oracle.fates.rows, moved)


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("previous_value", lambda x: x * (1 + 1e-6)),
        ("change", lambda x: x + 1e-6),
        ("change_low", lambda x: None),
        ("verdict", lambda x: "better" if x == "worse" else "worse"),
        ("reason", lambda x: "no_previous"),
    ],
)
def test_any_changed_column_of_a_change_is_named(oracle: Oracle, column: str, change: Callable[[Any], Any]) -> None:
    right = changes(oracle.cells)
    beside.compare_changes(oracle, right)
    key = next(key for key, row in right.items() if row.verdict and row.change_low is not None and row.reason is None)
    wrong = {**right, key: right[key]._replace(**{column: change(getattr(right[key], column))})}
    with pytest.raises(AssertionError, match=f"(?s)1 changes differ.*{key.metric_id}.*{column}: oracle"):
        beside.compare_changes(oracle, wrong)
    with pytest.raises(AssertionError, match="not in the release"):
        beside.compare_changes(oracle, {k: row for k, row in right.items() if k != key})


@pytest.mark.parametrize(
    ("table", "column", "wrong"),
    [
        ("outcomes.reliability_by_market", "reliability_value", None),
        ("outcomes.reliability_by_market", "reason", "not_closed"),
        ("outcomes.reliability_associations", "n", 99),
        ("outcomes.reliability_associations", "status", "ok"),
    ],
)
def test_any_changed_column_beside_an_outcome_is_named(
    oracle: Oracle, monkeypatch: pytest.MonkeyPatch, table: str, column: str, wrong: object
) -> None:
    laid = pairs(oracle.cells)
    told: dict[str, list[dict[str, Any]]] = {
        "outcomes.reliability_by_market": [key._asdict() | row._asdict() for key, row in laid.items()],
        "outcomes.reliability_associations": [k._asdict() | row._asdict() for k, row in associations(laid).items()],
    }
    monkeypatch.setattr(beside, "rows_of", lambda _, name: told[name])
    beside.compare_associations(oracle, Path())
    row = next(row for row in told[table] if row.get("reliability_value", row.get("n")))
    row[column] = wrong
    with pytest.raises(AssertionError, match=f"(?s)1 (pairs|associations) differ.*{column}: oracle"):
        beside.compare_associations(oracle, Path())
    told[table].remove(row)
    with pytest.raises(AssertionError, match="in one only"):
        beside.compare_associations(oracle, Path())


def test_unknown_is_not_zero() -> None:
    assert not beside.same(None, 0.0)
    assert not beside.same(0, None)
    assert beside.same(None, None)
    assert beside.same(3, 3.0)
