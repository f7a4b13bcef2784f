"""What changed since the former release: silent changes are caught, told ones are not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_quality import gates
from data_quality.report import Check
from data_quality.suites.disclosure import DISCLOSURE_DRIFT_SUITE
from data_quality.suites.drift import DRIFT_SUITE
from pipelines.publish import release, releases
from pipelines.settings import Settings
from tests import scratch_warehouse

FEBRUARY = "entity_id = 'checkout' and period_type = 'month' and period_start_on = '2026-02-01' and dimension is null"
LATER = "2026-05-01T00:00:00.000000Z"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home with one release of the clean rows."""
    organisation, settings = scratch_warehouse.build(tmp_path_factory.mktemp("drift"))
    assert gates.audit_landing(settings).passed
    assert gates.audit_scorecard(settings, None).passed
    release.publish(settings, organisation)
    return settings


@pytest.fixture
def home(published: Settings, tmp_path: Path) -> Iterator[Settings]:
    shutil.copytree(published.home, tmp_path / "home", symlinks=True)
    yield Settings(home=tmp_path / "home", threads=2)


def _drift(settings: Settings, *, asked: bool = False) -> dict[str, Check]:
    report = gates.audit_scorecard(settings, releases.current(settings), as_of_asked=asked)
    return {check.name: check for check in report.checks if check.layer == "drift"}


def _edit_manifest(settings: Settings, **changes: object) -> None:
    path = settings.releases_dir / "current" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_the_same_rows_do_not_drift(home: Settings) -> None:
    checks = _drift(home)
    assert set(checks) == {one.name for one in (*DRIFT_SUITE, *DISCLOSURE_DRIFT_SUITE)}
    assert all(check.passed for check in checks.values())


def test_a_closed_period_that_changed_in_silence_is_caught(home: Settings) -> None:
    """Same inputs, same instant, same metric_version: the definition must have changed."""
    scratch_warehouse.change(
        home,
        "update scorecard.metric_values set numerator = 5, value = 5 / denominator "
        f"where metric_id = 'rework_rate' and {FEBRUARY}",
    )
    check = _drift(home)["closed_periods_stand"]
    assert not check.passed
    assert "service checkout month 2026-02-01" in check.message
    assert "metric_version" in check.message


def test_a_change_with_a_new_metric_version_is_told(home: Settings) -> None:
    scratch_warehouse.change(
        home,
        "update scorecard.metric_values set value = 0.5, metric_version = 2 where metric_id = 'rework_rate'",
    )
    assert _drift(home)["closed_periods_stand"].passed


def test_a_change_with_new_inputs_is_counted_and_passes(home: Settings) -> None:
    scratch_warehouse.change(
        home, f"update scorecard.metric_values set value = 0.5 where metric_id = 'rework_rate' and {FEBRUARY}"
    )
    _edit_manifest(home, inputs=[])
    check = _drift(home)["closed_periods_stand"]
    assert check.passed
    assert check.observed == "1 closed cells changed, all with new inputs"


def test_a_value_that_became_unknown_is_a_change(home: Settings) -> None:
    """Compared with `is distinct from`: null against a number differs."""
    scratch_warehouse.change(
        home,
        "update scorecard.metric_values set value = null, low = null, high = null, status = 'missing_source' "
        f"where metric_id = 'rework_rate' and {FEBRUARY}",
    )
    assert not _drift(home)["closed_periods_stand"].passed


def test_entities_that_collapse_are_caught(home: Settings) -> None:
    scratch_warehouse.change(
        home, "delete from scorecard.metric_values where entity_type = 'service' and entity_id <> 'search'"
    )
    check = _drift(home)["entities_remain"]
    assert not check.passed
    assert "entity_type=service" in check.message and "entities=1" in check.message
    assert "former_entities=3" in check.message


def test_as_of_that_goes_back_is_caught_unless_asked(home: Settings) -> None:
    _edit_manifest(home, as_of=LATER)
    check = _drift(home)["as_of_forward"]
    assert not check.passed
    assert LATER in check.message
    assert _drift(home, asked=True)["as_of_forward"].passed


def test_drift_is_kept_out_of_the_published_tables(home: Settings) -> None:
    """A second run of the same thing is the same release, whatever was published before."""
    import duckdb

    organisation = type("Named", (), {"name": "scratch", "title": "Scratch & Sons"})()
    former = releases.current(home)
    assert gates.audit_scorecard(home, former).passed
    again = release.publish(home, organisation)
    assert former is not None and again.release_id == former.name
    names = duckdb.execute(
        f"select check_name from read_parquet('{former}/tables/scorecard.quality.parquet') where section = 'check'"
    ).fetchall()
    assert names and not {name for (name,) in names} & {one.name for one in DRIFT_SUITE}
