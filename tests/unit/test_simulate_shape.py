"""The simulated organisation is what it says: distributions against their parameters, with draws enough to tell.

Belongs here: the simulator's state. Does not belong here: published values (tests/oracle/test_simulated_truth.py).
Tolerances are about four standard errors of the statistic at the size drawn.
"""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.simulate import alerts, incidents, state, world
from pipelines.simulate.names import ALERT_CLASSES
from pipelines.simulate.rhythm import DAY
from pipelines.simulate.settings import SimulationSettings
from pipelines.simulate.state import State
from pipelines.simulate.streams import Streams
from pipelines.simulate.table import NONE, Table


def simulated(**values: object) -> State:
    settings = SimulationSettings.model_validate({"cheats": (), "defects_share": 0, **values})
    return state.simulate(world.build(settings), lambda step: None)


@pytest.fixture(scope="module")
def large() -> State:
    """Without effect: 1,200 services for two years, some 33,000 incidents."""
    return simulated(teams=120, services=1200, weeks=104, scenario="none", scale=0.3)


@pytest.fixture(scope="module")
def unplanned(large: State) -> Table:
    table = large["incidents"]
    return table.take(table["is_planned"] != 1)


def minutes(table: Table, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    known = table.take((table[name] != NONE) & (table["started_at"] != NONE))
    return np.asarray((known[name] - known["started_at"]) / 60)


def test_incidents_come_at_the_rate_of_each_service_and_in_clusters(large: State, unplanned: Table) -> None:
    months, services = large.world.rhythm.months, large.world.structure.services
    counts = np.bincount(unplanned["service"], minlength=len(services))
    rate = counts.sum() / len(services) / months
    assert rate == pytest.approx(services["incident_rate"].mean(), rel=0.1)
    assert np.mean((counts / months >= 0.3) & (counts / months <= 3)) > 0.93
    own = unplanned.take((unplanned["cause"] == NONE) & (unplanned["root_incident"] == NONE))
    weeks = (own["started_at"] - large.world.rhythm.start) // (7 * DAY)
    cells = np.bincount(own["service"] * large.world.rhythm.weeks + weeks, minlength=len(services) * 104)
    mean = np.repeat(incidents.OWN_SHARE * services["incident_rate"] * 604_800 / 2_629_800, 104)
    # Variance of a gamma-Poisson count: mean + mean^2 / shape.
    assert ((cells - mean) ** 2).sum() / (mean + mean**2 / incidents.DISPERSION).sum() == pytest.approx(1, abs=0.05)
    assert ((cells - mean) ** 2).sum() / mean.sum() > 1.1


def test_time_to_restore_is_lognormal(unplanned: Table) -> None:
    logs = np.log(minutes(unplanned, "first_resolved_at"))
    assert logs.mean() == pytest.approx(4.25, abs=0.04)
    assert logs.std() == pytest.approx(1.25, abs=0.03)
    standard = (logs - logs.mean()) / logs.std()
    assert abs((standard**3).mean()) < 0.1


@pytest.mark.parametrize("severity", range(5))
def test_time_to_restore_by_severity(severity: int) -> None:
    random, size = Streams(3)("test"), 40_000
    drawn, _ = incidents.restore_minutes(random, np.full(size, severity), np.zeros(size))
    assert np.log(drawn).mean() == pytest.approx(incidents.RESTORE_MU[severity], abs=0.025)
    assert np.log(drawn).std() == pytest.approx(incidents.RESTORE_SIGMA, abs=0.02)


def test_acknowledgement_is_lognormal_around_four_minutes(unplanned: Table) -> None:
    drawn = incidents.acknowledge_minutes(Streams(3)("test"), np.zeros(40_000, dtype=bool))
    assert np.median(drawn) == pytest.approx(4, rel=0.03)
    assert np.log(drawn).std() == pytest.approx(incidents.ACKNOWLEDGE_SIGMA, abs=0.02)
    assert np.median(minutes(unplanned, "acknowledged_at")) == pytest.approx(4, rel=0.06)


def test_steps_of_an_incident_are_in_order(unplanned: Table) -> None:
    steps = (
        "started_at",
        "detected_at",
        "declared_at",
        "acknowledged_at",
        "first_resolved_at",
        "reopened_at",
        "resolved_at",
    )
    for place, later in enumerate(steps):
        for earlier in steps[:place]:
            both = (unplanned[earlier] != NONE) & (unplanned[later] != NONE)
            assert (unplanned[earlier][both] <= unplanned[later][both]).all(), (earlier, later)


def test_severe_outages_take_down_what_depends_on_them(large: State, unplanned: Table) -> None:
    fallen = unplanned.take(unplanned["root_incident"] != NONE)
    assert len(fallen) > 300
    root = unplanned.take(np.searchsorted(unplanned["incident"], fallen["root_incident"]))
    assert (root["incident"] == fallen["root_incident"]).all()
    calls = large.world.structure.dependencies
    pairs = set(zip(calls["service"].tolist(), calls["depends_on"].tolist(), strict=True))
    assert all(pair in pairs for pair in zip(fallen["service"].tolist(), root["service"].tolist(), strict=True))
    assert (fallen["started_at"] - root["started_at"]).max() < 600
    assert (fallen["true_severity"] == root["true_severity"] + 1).all()


def test_deployments_fail_and_are_reworked_as_often_as_they_should(large: State) -> None:
    table = large["deployments"]
    live = table.take(table["environment"] == 0)
    failed = np.isin(live["outcome"], (1, 3)) | (live["is_harmful"] == 1)
    by_team = np.bincount(large.world.structure.services["team"][live["service"]], weights=failed)
    all_of_team = np.bincount(large.world.structure.services["team"][live["service"]])
    assert 0.05 < failed.mean() < 0.2
    assert np.mean((by_team / all_of_team > 0.05) & (by_team / all_of_team < 0.2)) > 0.95
    assert 0.05 < (live["is_unplanned_fix"] == 1).mean() < 0.15
    canaries = live.take((live["strategy"] == 3) & (live["is_bad"] == 1))
    stopped = 1 - (1 - 0.55) * (1 - 0.15)
    assert (canaries["outcome"] == 2).mean() == pytest.approx(stopped, abs=0.03)


def test_people_work_by_day_and_on_weekdays(large: State) -> None:
    rhythm, table = large.world.rhythm, large["deployments"]
    started = table["started_at"][table["environment"] == 0]
    hour = rhythm.hour_of(started)
    assert ((hour >= 8) & (hour < 19)).mean() > 0.75
    day = rhythm.weekday[np.clip((started - rhythm.start) // 3600, 0, len(rhythm.weekday) - 1)]
    counts = np.bincount(day, minlength=7)
    assert counts[5:].sum() < 0.1 * counts[:5].sum()
    first, last = started < rhythm.start + 26 * 7 * DAY, started >= rhythm.end - 26 * 7 * DAY
    assert last.sum() / first.sum() == pytest.approx(1 + 0.15 * 1.5 / 1.0375, rel=0.04)


def test_alerts_clear_themselves_by_class(large: State) -> None:
    table, odds = large["alerts"], alerts.clearing(large.world)
    assert odds.by_itself.min() >= 0.2
    assert odds.by_itself.max() <= 0.6
    for kind in range(len(ALERT_CLASSES)):
        rows = (table["alert_class"] == kind) & (table["incident"] == NONE)
        left = table["resolved_by"][rows & (table["automation"] == NONE)]
        assert (left == alerts.BY_ITSELF).mean() == pytest.approx(odds.by_itself[kind], abs=0.02)
        run = table["resolved_by"][rows & (table["automation"] != NONE)]
        if kind < alerts.AUTOMATABLE:
            assert (run == alerts.BY_AUTOMATION).mean() == pytest.approx(odds.with_automation[kind], abs=0.02)
    held = table["is_held_out"][(table["is_held_out"] == 1) | (table["automation"] != NONE)]
    assert held.mean() == pytest.approx(alerts.HELD_OUT, abs=0.005)


def test_harm_and_takeovers_of_live_runs(large: State) -> None:
    runs = large["automation_runs"]
    live = runs.take(runs["mode"] == 0)
    harmed = (live["reversed_at"] != NONE) | (live["harmed_incident_id"] != NONE)
    assert 0.002 < harmed.mean() < 0.010
    assert 0.01 < (live["taken_over_at"] != NONE).mean() < 0.06


def paired(scenario: str, **values: object) -> tuple[State, State]:
    """The same seed with the scenario and without any effect: the same events."""
    shape = {"teams": 24, "services": 240, "weeks": 52, "scale": 0.2}
    return simulated(scenario=scenario, **shape, **values), simulated(scenario="none", **shape)


@pytest.mark.parametrize(
    ("scenario", "restore", "toil"), [("effect", 0.75, 0.7), ("harmful", 1.25, 1.3), ("trend_effect", 0.75, 0.7)]
)
def test_adoption_changes_what_it_should_and_nothing_before(scenario: str, restore: float, toil: float) -> None:
    with_effect, without = paired(scenario)
    rollout, rhythm = with_effect.world.rollout, with_effect.world.rhythm
    here, there = (by_key(each["incidents"]) for each in (with_effect, without))
    assert (here["key"] == there["key"]).all()
    lasted, otherwise = (table["restored_at"] - table["started_at"] for table in (here, there))
    same = (here["reopened_at"] == NONE) & (there["reopened_at"] == NONE) & (otherwise > 600)
    has_adopted = rollout.has_adopted(here["team"], here["started_at"])
    ratio = lasted / otherwise / rollout.yearly_trend ** rhythm.years(here["started_at"])
    assert (same & has_adopted).sum() > 500
    np.testing.assert_allclose(ratio[same & has_adopted], restore, rtol=0.005)
    np.testing.assert_allclose(ratio[same & ~has_adopted], 1, rtol=0.005)
    for adopted, expected in ((True, toil), (False, 1.0)):
        sums = []
        for each in (with_effect, without):
            table = each["toil_entries"]
            table = table.take(
                (table["basis"] == 0) & (rollout.has_adopted(table["team"], table["performed_at"]) == adopted)
            )
            trend = each.world.rollout.yearly_trend ** rhythm.years(table["performed_at"])
            sums.append((table["minutes"] / trend).sum())
        assert sums[0] / sums[1] == pytest.approx(expected, rel=0.002)


def by_key(table: Table) -> Table:
    """Unplanned incidents in an order that no duration changes."""
    return table.take(table["is_planned"] != 1).take(table["key"][table["is_planned"] != 1] != NONE).ordered("key")


def test_waves_are_randomised_and_some_never_adopt() -> None:
    first, second = simulated(seed=1, weeks=8), simulated(seed=2, weeks=8)
    cohorts = [each.world.rollout.cohorts for each in (first, second)]
    assert (cohorts[0] != cohorts[1]).any()
    for each in cohorts:
        counts = np.bincount(each)
        assert len(counts) == 5
        assert counts.max() - counts.min() <= 1


def test_outcomes_fall_where_outages_are_long() -> None:
    table = simulated(teams=24, services=240, weeks=104)["outcomes"]
    satisfaction = table.take(table["measure"] == 0)
    inside = (satisfaction["value"] > 1) & (satisfaction["value"] < 5)
    slope, level = np.polyfit(satisfaction["outage_minutes"][inside] / 600, satisfaction["value"][inside], 1)
    assert slope == pytest.approx(-0.12, abs=0.03)
    assert level == pytest.approx(4.3, abs=0.1)
