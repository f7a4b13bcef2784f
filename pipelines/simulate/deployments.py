"""Rollouts: what was deployed when, what was bad about it, and what people and machines did then.

Belongs here: the true course of every rollout. Does not belong here: the incidents that bad ones cause (incidents.py).
"""

from __future__ import annotations

import numpy as np

from pipelines.simulate.rhythm import HOUR
from pipelines.simulate.streams import Random, chosen, happens, lognormal, seconds, uniform_seconds
from pipelines.simulate.table import NONE, Array, Bools, Ints, Table, numbered, positions_of, unknown
from pipelines.simulate.words import code
from pipelines.simulate.world import World

SUCCEEDED, FAILED, ABORTED, ROLLED_BACK = range(4)
CANARY = code("strategy", "canary")
ALL_AT_ONCE = code("strategy", "all_at_once")
STRATEGIES = (0.15, 0.35, 0.15, 0.35)
TESTS = (0.90, 0.03, 0.07)
CHANGE_KINDS = (0.60, 0.12, 0.06, 0.22)
CANARY_STOPS = 0.55
"""Share of bad canaries that analysis stops, and of the others that a person does, before full exposure."""
PERSON_STOPS = 0.15
BAD_OUTCOMES = (0.20, 0.45, 0.0, 0.35)
"""succeeded (nobody noticed), failed, aborted (canaries only, above), rolled_back."""
ROLLBACK_SHARES = (0.60, 0.30, 0.0, 0.30)
"""Of bad rollouts by outcome: those that a further deployment undoes."""
FIX_SHARE = 0.35
PLAIN_FIXES = 0.045
STAGED = 0.25
UNKNOWN_OUTCOME, UNKNOWN_ENVIRONMENT, UNKNOWN_EXPOSURE, UNKNOWN_FIX = 0.01, 0.003, 0.02, 0.01


def simulate(world: World) -> Table:
    """All deployments, in the order in which they started; `deployment` is the id.

    `is_bad`: it carried a fault. `is_harmful`: the fault reached all users.
    """
    base = _base(world)
    rollbacks, fixes = _rollbacks(world, base), _fixes(world, base)
    every = Table.joined([base, rollbacks, fixes])
    every = _versions(every)
    every = Table.joined([every, _staging(world, every)])
    every = every.take(every["finished_at"] < world.rhythm.end).ordered("started_at", "finished_at", "service", "key")
    every["deployment"] = numbered(len(every), 1)
    places = positions_of(every["key"], every["undoes"])
    every["rollback_of"] = np.where((every["undoes"] != NONE) & (places != NONE), every["deployment"][places], NONE)
    return _forgotten(world, every)


def _base(world: World) -> Table:
    random, services = world.streams("deployments.base"), world.structure.services
    mean = services["deployments_per_week"] * world.rhythm.weeks * world.settings.scale * world.rhythm.growth.mean()
    service = np.repeat(services["service"], random.poisson(mean))
    size = len(service)
    started = world.rhythm.times(random, size, "work")
    strategy, tests = chosen(random, np.array(STRATEGIES), size), chosen(random, np.array(TESTS), size)
    fail_share = services["fail_share"][service] * np.where(tests == code("tests", "passed"), 0.97, 1.4)
    is_bad = happens(random, fail_share, size)
    minutes = lognormal(random, np.where(strategy == CANARY, 25.0, 9.0), 0.6, size)
    kind = chosen(random, np.array(CHANGE_KINDS), size)
    table = Table(
        {
            "key": numbered(size),
            "service": service,
            "environment": np.zeros(size, dtype=np.int64),
            "started_at": started,
            "finished_at": started + seconds(minutes),
            "first_commit_at": started - seconds(60 * lognormal(random, 16.0, 1.1, size)),
            "strategy": strategy,
            "tests": tests,
            "trigger": happens(random, 0.25, size).astype(np.int64),
            "gates_skipped": np.where(happens(random, 0.04, size), random.integers(1, 3, size), 0),
            "change_kind": kind,
            "change_count": random.geometric(0.25, size),
            "lines_changed": np.rint(lognormal(random, 60.0, 1.4, size)).astype(np.int64),
            "is_unplanned_fix": happens(random, PLAIN_FIXES, size).astype(np.int64),
            "is_bad": is_bad.astype(np.int64),
            "undoes": unknown(size),
            "rollback_trigger": unknown(size),
        }
    )
    return _judged(random, table, is_bad)


def _judged(random: Random, table: Table, is_bad: Bools) -> Table:
    """Outcome, exposure, and when a failure showed and was repaired."""
    size = len(table)
    is_canary = table["strategy"] == CANARY
    stopped_by_analysis = is_bad & is_canary & happens(random, CANARY_STOPS, size)
    stopped_by_person = is_bad & is_canary & ~stopped_by_analysis & happens(random, PERSON_STOPS, size)
    is_stopped = stopped_by_analysis | stopped_by_person
    outcome = np.where(is_bad, chosen(random, np.array(BAD_OUTCOMES), size), SUCCEEDED)
    outcome = np.where(is_stopped, ABORTED, outcome)
    is_harmful = is_bad & ~is_stopped
    exposure = np.where(is_stopped, np.round(random.choice([0.01, 0.05, 0.1, 0.25, 0.5], size), 2), 1.0)
    failed_at = np.where(
        is_harmful & (outcome != SUCCEEDED), table["finished_at"] + uniform_seconds(random, 20, 900, size), NONE
    )
    abort_trigger = np.where(stopped_by_analysis, 0, np.where(stopped_by_person, 1, NONE))
    return table.having(
        outcome=outcome,
        exposed_share=np.where(table["strategy"] == ALL_AT_ONCE, np.nan, exposure),
        abort_trigger=abort_trigger.astype(np.int64),
        is_harmful=is_harmful.astype(np.int64),
        failed_at=failed_at,
        restored_at=np.where(failed_at == NONE, NONE, failed_at + seconds(lognormal(random, 35.0, 1.0, size))),
    )


def _followers(
    random: Random, base: Table, rows: Array, start: int, after: tuple[float, float], change_kind: str
) -> Table:
    """Deployments that follow on `rows`, each `after` hours later; sound ones."""
    parent, size = base.take(rows), int(rows.sum())
    started = parent["finished_at"] + uniform_seconds(random, after[0] * HOUR, after[1] * HOUR, size)
    nobody = np.zeros(size, dtype=np.int64)
    return Table(
        {
            "key": numbered(size, start),
            "service": parent["service"],
            "environment": nobody,
            "started_at": started,
            "finished_at": started + seconds(lognormal(random, 5.0, 0.5, size)),
            "first_commit_at": started - uniform_seconds(random, 600, 3000, size),
            "strategy": np.full(size, code("strategy", "rolling")),
            "tests": nobody,
            "trigger": happens(random, 0.5, size).astype(np.int64),
            "gates_skipped": happens(random, 0.1, size).astype(np.int64),
            "change_kind": np.full(size, code("change_kind", change_kind)),
            "change_count": np.ones(size, dtype=np.int64),
            "lines_changed": random.integers(1, 60, size),
            "is_bad": nobody,
            "is_harmful": nobody,
            "outcome": nobody,
            "exposed_share": np.ones(size),
            "abort_trigger": unknown(size),
            "failed_at": unknown(size),
            "restored_at": unknown(size),
        }
    )


def _rollbacks(world: World, base: Table) -> Table:
    random = world.streams("deployments.rollbacks")
    is_undone = (base["is_harmful"] == 1) & happens(random, np.array(ROLLBACK_SHARES)[base["outcome"]], len(base))
    is_undone &= _former(base) != NONE
    found = _followers(random, base, is_undone, len(base), (0.15, 3.0), "fix")
    trigger = happens(random, 0.45, len(found)).astype(np.int64)
    return found.having(
        undoes=base["key"][is_undone],
        rollback_trigger=1 - trigger,
        trigger=1 - trigger,
        is_unplanned_fix=np.zeros(len(found), dtype=np.int64),
        first_commit_at=unknown(len(found)),
    )


def _fixes(world: World, base: Table) -> Table:
    random = world.streams("deployments.fixes")
    is_fixed = (base["is_harmful"] == 1) & happens(random, FIX_SHARE, len(base))
    found = _followers(random, base, is_fixed, 2 * len(base), (3.0, 20.0), "fix")
    return found.having(
        undoes=unknown(len(found)),
        rollback_trigger=unknown(len(found)),
        is_unplanned_fix=np.ones(len(found), dtype=np.int64),
    )


def _former(base: Table) -> Ints:
    """Key of the last rollout of the same service that was live before each one; NONE before the first."""
    order = np.lexsort([base["key"], base["finished_at"], base["service"]])
    service, outcome = base["service"][order], base["outcome"][order]
    is_live = (outcome == SUCCEEDED) | (outcome == ROLLED_BACK)
    places = np.where(is_live, np.arange(len(base)), NONE)
    last = np.concatenate([[NONE], np.maximum.accumulate(places)[:-1]]) if len(base) else places
    is_same = (last != NONE) & (service[last] == service)
    former = np.empty(len(base), dtype=np.int64)
    former[order] = np.where(is_same, base["key"][order][last], NONE)
    return former


def _versions(every: Table) -> Table:
    """Every rollout has a version of its own; one that undoes another brings back the one that was live before it."""
    base = every.take(every["undoes"] == NONE)
    own = np.empty(int(every["key"].max(initial=0)) + 1, dtype=np.int64)
    order = np.lexsort([base["key"], base["finished_at"], base["service"]])
    service = base["service"][order]
    first = np.searchsorted(service, service, side="left")
    own[base["key"][order]] = np.arange(len(base)) - first + 1
    former = unknown(len(own))
    former[base["key"]] = _former(base)
    undone = every["undoes"]
    before = np.where(undone == NONE, every["key"], former[undone])
    every["version"] = np.where(before == NONE, NONE, own[before])
    return every


def _staging(world: World, every: Table) -> Table:
    """Some rollouts were tried out in staging some hours before, but never before they were written."""
    random = world.streams("deployments.staging")
    rows = (every["undoes"] == NONE) & happens(random, STAGED, len(every))
    tried = every.take(rows)
    size = len(tried)
    started = tried["started_at"] - uniform_seconds(random, 1800, 6 * HOUR, size)
    started = np.maximum(started, tried["first_commit_at"] + 1)
    return tried.having(
        key=tried["key"] + 4 * len(every),
        environment=np.ones(size, dtype=np.int64),
        started_at=started,
        finished_at=started + uniform_seconds(random, 120, 600, size),
        outcome=np.where(happens(random, 0.05, size), FAILED, SUCCEEDED),
        strategy=np.full(size, ALL_AT_ONCE),
        exposed_share=np.full(size, np.nan),
        abort_trigger=unknown(size),
        failed_at=unknown(size),
        restored_at=unknown(size),
        is_bad=np.zeros(size, dtype=np.int64),
        is_harmful=np.zeros(size, dtype=np.int64),
    )


def _forgotten(world: World, every: Table) -> Table:
    """What no log says: some outcomes, environments, exposures, and whether it was a fix."""
    random, size = world.streams("deployments.forgotten"), len(every)
    is_plain = (every["is_bad"] == 0) & (every["undoes"] == NONE)
    no_outcome = is_plain & happens(random, UNKNOWN_OUTCOME, size)
    no_environment = is_plain & happens(random, UNKNOWN_ENVIRONMENT, size)
    no_exposure = (every["outcome"] == ABORTED) & happens(random, UNKNOWN_EXPOSURE, size)
    no_fix = is_plain & happens(random, UNKNOWN_FIX, size)
    return every.having(
        outcome=np.where(no_outcome, NONE, every["outcome"]),
        environment=np.where(no_environment, NONE, every["environment"]),
        exposed_share=np.where(no_exposure, np.nan, every["exposed_share"]),
        is_unplanned_fix=np.where(no_fix, NONE, every["is_unplanned_fix"]),
        **_approvals(random, every),
    )


def _approvals(random: Random, every: Table) -> dict[str, Array]:
    """Approvals of automated production rollouts; one in forty is given late, or by the one who asked."""
    size = len(every)
    is_asked = (every["trigger"] == 0) & (every["environment"] == 0) & happens(random, 0.5, size)
    requested = every["started_at"] - uniform_seconds(random, 600, 4 * HOUR, size)
    approved = requested + uniform_seconds(random, 20, 560, size)
    is_late = happens(random, 0.015, size)
    approved = np.where(is_late, np.minimum(every["started_at"] + 120, every["finished_at"]), approved)
    return {
        "approval_requested_at": np.where(is_asked, requested, NONE),
        "approved_at": np.where(is_asked, approved, NONE),
        "approver_differs": np.where(is_asked, ~happens(random, 0.01, size), NONE).astype(np.int64),
    }
