"""Cheats with deployments, automation, objectives and the register of services.

Belongs here: one function a signal. Does not belong here: who cheats (cheats.py), incidents (cheats_incidents.py).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pipelines.simulate.alerts import AUTOMATABLE, BY_AUTOMATION, BY_ITSELF
from pipelines.simulate.automations import LIVE, SUCCEEDED
from pipelines.simulate.cheats import Office
from pipelines.simulate.rhythm import DAY, HOUR
from pipelines.simulate.streams import uniform_seconds
from pipelines.simulate.table import NONE, Table, unknown
from pipelines.simulate.words import code


def trivial_padding(office: Office) -> None:
    """Runs by the clock that save nothing and touch no incident."""
    runs = office.state["automation_runs"]
    places = office.picked(office.owned("automation_runs", "started_at") & (runs["mode"] == LIVE))
    source, size = runs.take(places), len(places)
    rhythm = office.state.world.rhythm
    started = uniform_seconds(office.random, (rhythm.start + rhythm.end) / 2, rhythm.end - HOUR, size)
    nothing = unknown(size)
    padding = source.having(
        automation=np.full(size, office.team * AUTOMATABLE), version=np.ones(size, dtype=np.int64),
        trigger=np.full(size, code("run_trigger", "schedule")), incident=nothing, alert=nothing,
        started_at=started, finished_at=started + uniform_seconds(office.random, 1, 4, size),
        outcome=np.full(size, SUCCEEDED), mode=np.full(size, LIVE), approval_requested_at=nothing, approved_at=nothing,
        approval_expires_at=nothing, approver_differs=nothing, taken_over_at=nothing, reversed_at=nothing,
        harmed_incident_id=nothing,
    )  # fmt: skip
    ids = office.append("automation_runs", "run", padding)
    office.list_records("automation_runs", ids, "a run of seconds that touches nothing")


def credit_for_self_clearing(office: Office) -> None:
    """Alerts that cleared themselves are said to have been cleared by automation."""
    alerts = office.state["alerts"]
    rows = office.owned("alerts", "fired_at") & (alerts["resolved_by"] == BY_ITSELF) & (alerts["is_held_out"] == 0)
    places = office.picked(
        rows & (alerts["incident"] == NONE) & (alerts["resolved_at"] < office.state.world.rhythm.end)
    )
    claimed = alerts.take(places)
    size = len(places)
    resolved_by = alerts["resolved_by"].copy()
    resolved_by[places] = BY_AUTOMATION
    alerts["resolved_by"] = resolved_by
    nothing = unknown(size)
    started = np.minimum(claimed["fired_at"] + uniform_seconds(office.random, 5, 50, size), claimed["resolved_at"] - 1)
    runs = Table(
        {
            "automation": np.full(size, office.team * AUTOMATABLE), "version": np.ones(size, dtype=np.int64),
            "service": claimed["service"], "trigger": np.full(size, code("run_trigger", "alert")),
            "incident": nothing, "alert": claimed["alert"], "started_at": started,
            "finished_at": claimed["resolved_at"], "outcome": np.full(size, SUCCEEDED), "mode": np.full(size, LIVE),
        }
    )  # fmt: skip
    ids = office.append("automation_runs", "run", runs)
    office.list_records("automation_runs", ids, "run claimed on an alert that cleared itself")
    office.list_records("alerts", claimed["alert"], "cleared itself, claimed for automation")


def slo_loosening(office: Office) -> None:
    """The objective goes down within a month of a severe outage."""
    slos, incidents = office.state["slos"], office.state["incidents"]
    severe = incidents.take(
        (incidents["true_severity"] <= 1) & (incidents["is_planned"] == 0) & (incidents["team"] == office.team)
    )
    last = np.full(len(office.state.world.structure.service_ids), NONE, dtype=np.int64)
    np.maximum.at(last, severe["service"], severe["started_at"])
    at = last[slos["service"]] + uniform_seconds(office.random, 2 * DAY, 20 * DAY, len(slos))
    rows = (
        (last[slos["service"]] != NONE)
        & (slos["valid_to"] == NONE)
        & (at < office.state.world.rhythm.end)
        & (slos["valid_from"] < at)
    )
    places = office.picked(rows)
    loosened = slos.take(places)
    until = slos["valid_to"].copy()
    until[places] = at[places]
    slos["valid_to"] = until
    lower = np.round(1 - 3 * (1 - loosened["objective"]), 6)
    ids = office.append("slos", "row", loosened.having(objective=lower, valid_from=at[places]))
    office.list_records("slos", ids, "lowered within a month of a severe outage")


def exclusion_abuse(office: Office) -> None:
    """Windows that do not count are registered after the outage that they cover."""
    incidents, slos = office.state["incidents"], office.state["slos"]
    over = (incidents["resolved_at"] != NONE) & (incidents["resolved_at"] + 2 * DAY < office.as_of)
    found = incidents.take(office.picked((incidents["team"] == office.team) & (incidents["is_planned"] == 0) & over))
    slo_of = np.full(len(office.state.world.structure.service_ids), NONE, dtype=np.int64)
    slo_of[slos["service"][::-1]] = slos["slo"][::-1]
    windows = Table(
        {
            "slo": slo_of[found["service"]],
            "service": found["service"],
            "starts_at": found["started_at"],
            "ends_at": found["resolved_at"],
            "registered_at": found["resolved_at"] + uniform_seconds(office.random, HOUR, 2 * DAY, len(found)),
            "reason": np.zeros(len(found), dtype=np.int64),
        }
    )
    office.list_records(
        "slo_exclusions", office.append("slo_exclusions", "exclusion", windows), "registered afterwards"
    )


def deployment_splitting(office: Office) -> None:
    """Rollouts of next to nothing, of the version that is live already."""
    table = office.state["deployments"]
    rows = office.owned("deployments", "finished_at") & (table["environment"] == 0) & (table["outcome"] == 0)
    middle = office.state.world.rhythm.day_starts[len(office.state.world.rhythm.day_starts) // 2]
    rows &= (table["started_at"] > middle) & (table["finished_at"] + 3 * HOUR < office.state.world.rhythm.end)
    source = table.take(office.picked(rows))
    size = len(source)
    started = source["finished_at"] + uniform_seconds(office.random, 300, 2 * HOUR, size)
    tiny = source.having(
        started_at=started, finished_at=started + 60, first_commit_at=started - 300,
        change_kind=np.full(size, code("change_kind", "routine")), change_count=np.ones(size, dtype=np.int64),
        lines_changed=uniform_seconds(office.random, 0, 3, size), is_unplanned_fix=np.zeros(size, dtype=np.int64),
        rollback_of=unknown(size), rollback_trigger=unknown(size), failed_at=unknown(size), restored_at=unknown(size),
        approval_requested_at=unknown(size), approved_at=unknown(size), approver_differs=unknown(size),
    )  # fmt: skip
    ids = office.append("deployments", "deployment", tiny)
    office.list_records("deployments", ids, "a rollout of next to nothing")


def relabelled_rollback(office: Office) -> None:
    """Rollbacks that are called routine changes."""
    table = office.state["deployments"]
    places = office.picked(office.owned("deployments", "finished_at") & (table["rollback_of"] != NONE))
    for name, value in (
        ("rollback_of", NONE), ("rollback_trigger", NONE), ("change_kind", code("change_kind", "routine")),
    ):  # fmt: skip
        column = table[name].copy()
        column[places] = value
        table[name] = column
    office.list_records("deployments", table["deployment"][places], "a rollback that is not called one")


def shrinking_denominator(office: Office) -> None:
    """The team's worst service is struck from the register, and nothing of it is reported any more."""
    state = office.state
    services = state.world.structure.services
    own = np.flatnonzero((services["team"] == office.team) & (services["moved_at"] == NONE))
    if len(own) < 2:
        return
    incidents = state["incidents"]
    counts = np.bincount(incidents["service"], minlength=len(services))[own]
    worst = int(own[np.argmax(counts)])
    days = state.world.rhythm.day_starts
    since = int(days[int((0.8 - 0.3 * office.strength) * len(days))])
    office.retired[worst] = since
    gone = incidents["incident"][(incidents["service"] == worst) & (incidents["declared_at"] >= since)]
    unborn = (incidents["service"] == worst) & (incidents["started_at"] >= since)
    gone = np.union1d(gone, incidents["incident"][unborn])
    office.list_records("incidents", gone, "of a service struck from the register")
    for kind in ("incidents", "incident_events", "incident_services"):
        office.keep(kind, ~np.isin(state[kind]["incident"], gone))
    for kind, key, at in (("deployments", "deployment", "started_at"), ("automation_runs", "run", "started_at")):
        table = state[kind]
        rows = (table["service"] == worst) & ((table[at] >= since) | (table["finished_at"] >= since))
        office.list_records(kind, table[key][rows], "of a service struck from the register")
        office.keep(kind, ~rows)


WAYS: dict[str, Callable[[Office], None]] = {
    "trivial_padding": trivial_padding,
    "credit_for_self_clearing": credit_for_self_clearing,
    "slo_loosening": slo_loosening,
    "exclusion_abuse": exclusion_abuse,
    "deployment_splitting": deployment_splitting,
    "relabelled_rollback": relabelled_rollback,
    "shrinking_denominator": shrinking_denominator,
}
