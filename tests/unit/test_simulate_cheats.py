"""Every integrity signal can be planted: in the team named, listed record by record, and leaving the truth alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from pipelines.simulate import cheats, state, world
from pipelines.simulate.cheats import Reported
from pipelines.simulate.render import id_text
from pipelines.simulate.rhythm import DAY
from pipelines.simulate.settings import SIGNALS, SimulationSettings
from pipelines.simulate.state import State
from pipelines.simulate.table import NONE, Array, Table

TEAM = "anchor"
GONE = {"silent_incident", "shrinking_denominator"}
KEYS = {
    "incidents": ("incident", "INC-"), "alerts": ("alert", "al-"), "automation_runs": ("run", "run-"),
    "deployments": ("deployment", "dep-"), "slos": ("row", "slov-"), "slo_exclusions": ("exclusion", "excl-"),
}  # fmt: skip


def reported(signal: str | None, strength: float = 0.6) -> tuple[State, Reported]:
    stated = () if signal is None else (f"{signal}:{TEAM}:{strength}",)
    settings = SimulationSettings.model_validate({"teams": 6, "services": 30, "weeks": 65, "cheats": stated})
    true = state.simulate(world.build(settings), lambda step: None)
    return true, cheats.reported(true)


def rows(said: Reported, kind: str) -> Table:
    """The reported rows that are listed."""
    key, prefix = KEYS[kind]
    listed = {each.record for each in said.planted if each.kind == kind and each.role == "cheat"}
    table = said.state[kind]
    return table.take(np.array([id_text(prefix, int(number)) in listed for number in table[key]], dtype=bool))


def same(left: Array, right: Array) -> bool:
    return len(left) == len(right) and bool(np.array_equal(left, right, equal_nan=left.dtype.kind == "f"))


@pytest.mark.parametrize("signal", SIGNALS)
def test_a_signal_is_planted_in_its_team_only(signal: str) -> None:
    true, said = reported(signal)
    listed = [each for each in said.planted if each.role == "cheat"]
    assert listed
    assert {(each.signal, each.team) for each in listed} == {(signal, TEAM)}
    team, owners = true.world.structure.team_ids.index(TEAM), true.world.structure.owners
    for kind in {each.kind for each in listed} - ({"incidents"} if signal in GONE else set()):
        found = rows(said, kind)
        if signal in GONE:
            assert not len(found)
            continue
        assert len(found) == len({each.record for each in listed if each.kind == kind})
        at = next(name for name in ("started_at", "fired_at", "valid_from", "starts_at") if name in found)
        owner = found["team"] if "team" in found else owners(found["service"], found[at])
        assert signal == "trivial_padding" or (owner == team).all()


@pytest.mark.parametrize("signal", SIGNALS)
def test_the_truth_stays_as_it_was(signal: str) -> None:
    true, _ = reported(signal)
    untouched, _ = reported(None)
    for kind, table in untouched.tables.items():
        assert list(table) == list(true[kind]), kind
        assert all(same(table[name], true[kind][name]) for name in table), kind


def test_who_does_not_cheat_reports_the_truth() -> None:
    true, said = reported(None)
    for kind, table in true.tables.items():
        assert all(same(table[name], said.state[kind][name]) for name in table), kind
    assert {each.role for each in said.planted} == {"look_alike"}
    assert {each.signal for each in said.planted} == {"severity_downgrade", "slo_loosening"}


def _lowered_late(true: State, said: Reported) -> bool:
    table = rows(said, "incidents")
    lowered = (table["severity"] == table["severity_first"] + 1).all()
    return bool(lowered and (table["triaged_at"] > table["closed_at"] - DAY).all())


def _edited_late(true: State, said: Reported) -> bool:
    table = rows(said, "incidents")
    late = (table["edited_at"] > table["closed_at"] + 3 * DAY).all()
    return bool(late and (table["edited_resolved_at"] <= table["resolved_at"]).all())


def _split(true: State, said: Reported) -> bool:
    table = rows(said, "incidents").ordered("service", "fingerprint", "started_at")
    added = len(said.state["incidents"]) - len(true["incidents"])
    return added > 0 and len(table) == 2 * added and (table["resolved_at"] - table["started_at"]).max() <= 1801


def _quickly_reopened(true: State, said: Reported) -> bool:
    table = rows(said, "incidents")
    gap = table["reopened_at"] - table["first_resolved_at"]
    return bool(((gap > 0) & (gap <= 3600)).all())


def _fewer_incidents(true: State, said: Reported) -> bool:
    return len(said.state["incidents"]) < len(true["incidents"]) and len(said.state["incident_events"]) < len(
        true["incident_events"]
    )


def _vanished(true: State, said: Reported) -> bool:
    ((service, since),) = said.retired.items()
    table = said.state["deployments"]
    return _fewer_incidents(true, said) and not ((table["service"] == service) & (table["started_at"] >= since)).any()


STATISTICS: dict[str, Callable[[State, Reported], bool]] = {
    "severity_downgrade": _lowered_late,
    "late_edit": _edited_late,
    "backdating": lambda true, said: bool((rows(said, "incidents")["extra_lag"] > 5 * DAY).all()),
    "incident_splitting": _split,
    "silent_incident": _fewer_incidents,
    "quick_close_reopen": _quickly_reopened,
    "trivial_padding": lambda true, said: bool(
        (rows(said, "automation_runs")["finished_at"] - rows(said, "automation_runs")["started_at"] < 5).all()
    ),
    "credit_for_self_clearing": lambda true, said: bool((rows(said, "alerts")["resolved_by"] == 0).all()),
    "slo_loosening": lambda true, said: bool((rows(said, "slos")["objective"] < 0.999).all()),
    "exclusion_abuse": lambda true, said: bool(
        (rows(said, "slo_exclusions")["registered_at"] > rows(said, "slo_exclusions")["starts_at"]).all()
    ),
    "deployment_splitting": lambda true, said: bool((rows(said, "deployments")["lines_changed"] <= 2).all()),
    "relabelled_rollback": lambda true, said: bool((rows(said, "deployments")["rollback_of"] == NONE).all()),
    "shrinking_denominator": _vanished,
    "threshold_bunching": lambda true, said: bool(
        (rows(said, "incidents")["acknowledged_at"] - rows(said, "incidents")["started_at"] < 300).all()
    ),
    "minute_heaping": lambda true, said: bool((rows(said, "incidents")["resolved_at"] % 300 == 0).all()),
}


@pytest.mark.parametrize("signal", SIGNALS)
def test_what_is_planted_is_what_the_signal_looks_for(signal: str) -> None:
    assert STATISTICS[signal](*reported(signal))


@pytest.mark.parametrize("signal", ["severity_downgrade", "trivial_padding", "relabelled_rollback"])
def test_strength_is_the_share_that_is_cheated_with(signal: str) -> None:
    weak, strong = (len([p for p in reported(signal, s)[1].planted if p.role == "cheat"]) for s in (0.2, 0.8))
    assert strong == pytest.approx(4 * weak, abs=4)
