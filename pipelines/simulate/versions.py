"""When each fact became known: the versions of every record as a platform logs them.

Belongs here: versions, what each of them hides, lags, late and corrected records, services under another name.
Does not belong here: what happened. A version is written when something about its record changes; it shows what was
known then. Nothing that happened until `as_of` is recorded after it, so that the newest versions are the truth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import numpy as np

from pipelines.simulate.kinds import kind_of
from pipelines.simulate.rhythm import DAY, HOUR
from pipelines.simulate.settings import SIGNALS
from pipelines.simulate.state import State
from pipelines.simulate.streams import Random, chosen, happens, lognormal, seconds, uniform_seconds
from pipelines.simulate.table import NONE, Array, Ints, Table, numbered, unknown
from pipelines.simulate.words import code

LATE = 0.005
"""Share of versions that are recorded hours or days after the fact."""
ALIASED = 0.02
EARLY = 0.10
"""Share of rollouts and runs of which a first version, without an outcome, was logged at their start."""
WRONG_FIRST = 0.10
"""Share of failed rollouts that were first logged as succeeded."""
ONE_FALSE_IN = 80
"""Incidents to one that was none."""
SUCCEEDED, FAILED = 0, 1


def of(state: State, kind: str) -> Table:
    """The log's rows of a kind: the table's columns with record_key, updated_at, recorded_at and is_deleted."""
    rows = _MAKERS[kind](state)
    as_of = state.world.rhythm.as_of
    needed = {column.holds for column in kind_of(kind).every} | {"record_key", "updated_at", "extra_lag", "service"}
    rows = rows.only(name for name in rows if name in needed)
    rows.reorder((rows["updated_at"] <= as_of) & (rows["updated_at"] != NONE))
    lag = _lags(state.world.streams(f"versions.{kind}"), len(rows))
    if "extra_lag" in rows:
        lag = lag + np.maximum(rows["extra_lag"], 0)
    if "is_deleted" not in rows:
        rows["is_deleted"] = np.zeros(len(rows), dtype=np.int64)
    rows["recorded_at"] = np.minimum(rows["updated_at"] + lag, as_of)
    if "service" in rows:
        rows = rows.having(service_name=_aliased(state, kind, rows["service"]))
    rows.reorder(np.lexsort([rows["updated_at"], rows["record_key"], rows["recorded_at"]]))
    return rows


def _lags(random: Random, size: int) -> Ints:
    """Usually under a minute; now and then days."""
    usual = seconds(lognormal(random, 0.6, 0.8, size))
    return np.where(happens(random, LATE, size), uniform_seconds(random, 2 * HOUR, 5 * DAY, size), usual)


def _aliased(state: State, kind: str, services: Ints) -> Ints:
    """Some people write a service's other name; it stands behind all ids in the list of names."""
    random = state.world.streams(f"versions.alias.{kind}")
    is_other = happens(random, ALIASED, len(services)) & (services != NONE)
    return np.where(is_other, services + len(state.world.structure.service_ids), services)


def unfold(table: Table, key: str, milestones: Sequence[Array], shown_from: Mapping[str, Array]) -> Table:
    """A version a milestone; `shown_from` says since when each column is known (NONE: never). Equal ones once."""
    places = np.tile(numbered(len(table)), len(milestones))
    updated = np.concatenate(milestones)
    order = np.lexsort([updated, places])
    places, updated = places[order], updated[order]
    is_new = np.ones(len(places), dtype=bool)
    is_new[1:] = (places[1:] != places[:-1]) | (updated[1:] != updated[:-1])
    rows = is_new & (updated != NONE)
    places, updated = places[rows], updated[rows]
    found = table.take(places)
    for name, since in shown_from.items():
        known = (since[places] != NONE) & (since[places] <= updated)
        empty = np.nan if found[name].dtype.kind == "f" else NONE
        found[name] = np.where(known, found[name], empty)
    return found.having(record_key=table[key][places], updated_at=updated)


def _once(kind: str, key: str, at: str, *, later: int = 0) -> Callable[[State], Table]:
    """Records of one version, written when `at` happened."""

    def make(state: State) -> Table:
        table = state[kind]
        return table.having(record_key=table[key], updated_at=np.where(table[at] == NONE, NONE, table[at] + later))

    return make


def _incidents(state: State) -> Table:
    table = state["incidents"]
    first, again, last = table["first_resolved_at"], table["reopened_at"], table["resolved_at"]
    declared, closed, corrected = table["declared_at"], table["closed_at"], table["corrected_at"]
    edited = table["edited_at"] if "edited_at" in table else unknown(len(table))
    steps = [declared, table["acknowledged_at"], table["triaged_at"], table["mitigated_at"], first, again, last]
    shown = {name: table[name] for name in ("acknowledged_at", "mitigated_at", "detected_at", "closed_at")}
    rows = unfold(table, "incident", [*steps, closed, corrected, edited], shown)
    updated = rows["updated_at"]
    last = rows["resolved_at"]
    is_over = (rows["reopened_at"] == NONE) | (updated < rows["reopened_at"])
    resolved = np.where(is_over, rows["first_resolved_at"], last)
    resolved = np.where((resolved != NONE) & (resolved <= updated), resolved, NONE)
    if "edited_at" in rows:
        is_edited = (rows["edited_at"] != NONE) & (rows["edited_at"] <= updated)
        resolved = np.where(is_edited, rows["edited_resolved_at"], resolved)
    is_known = (resolved != NONE) | (rows["closed_at"] != NONE)
    is_uncorrected = (rows["corrected_at"] != NONE) & (updated < rows["corrected_at"])
    is_untriaged = (rows["severity_first"] != NONE) & (updated < rows["triaged_at"])
    rows = rows.having(
        resolved_at=resolved,
        resolved_by=np.where(is_known, rows["resolved_by"], NONE),
        impact_started_at=np.where(is_uncorrected, rows["declared_at"], rows["impact_started_at"]),
        severity=np.where(is_untriaged, rows["severity_first"], rows["severity"]),
        is_deleted=np.zeros(len(rows), dtype=np.int64),
    )
    return Table.joined([rows, _false_alarms(state)])


def _false_alarms(state: State) -> Table:
    """Incidents that never were: declared, and taken back within the hour."""
    table, rhythm = state["incidents"], state.world.rhythm
    random = state.world.streams("versions.incidents.false_alarms")
    size = -(-len(table) // ONE_FALSE_IN)
    declared = rhythm.times(random, size, "mixed")
    ids = numbered(size, int(table["incident"].max(initial=0)) + 1)
    first = Table(
        {
            "incident": ids, "record_key": ids, "service": random.integers(0, state.world.settings.services, size),
            "severity": random.integers(2, 5, size), "impact_started_at": declared, "detected_at": declared,
            "declared_at": declared, "detected_by": np.zeros(size, dtype=np.int64),
            "is_planned": np.zeros(size, dtype=np.int64), "updated_at": declared,
            "is_deleted": np.zeros(size, dtype=np.int64),
        }
    )  # fmt: skip
    back = declared + uniform_seconds(random, 300, 3500, size)
    both = [first, first.having(updated_at=back, is_deleted=np.ones(size, dtype=np.int64))]
    return Table.joined([each.take(back <= rhythm.as_of) for each in both])


def _incident_events(state: State) -> Table:
    table = state["incident_events"]
    severities = len(VALUE_WORDS)
    values = {}
    for side in ("from", "to"):
        word, instant = table[f"{side}_severity"], table[f"{side}_instant"]
        values[f"{side}_value"] = np.where(word != NONE, word, np.where(instant != NONE, instant + severities, NONE))
    return table.having(record_key=table["event_id"], updated_at=table["event_at"], **values)


VALUE_WORDS = ("sev1", "sev2", "sev3", "sev4", "sev5")
"""Codes of an event's values: these words, then instants, counted on from there."""


def _incident_services(state: State) -> Table:
    table = state["incident_services"]
    at = np.maximum(table["declared_at"], table["impact_started_at"])
    ended = np.maximum(table["impact_ended_at"], at)
    return unfold(table, "hit", [at, ended], {"impact_ended_at": ended})


def _deployments(state: State) -> Table:
    table = state["deployments"]
    random, size = state.world.streams("versions.deployments.early"), len(table)
    finished = table["finished_at"]
    early = np.where(happens(random, EARLY, size), table["started_at"], NONE)
    is_wrong = (table["outcome"] == FAILED) & happens(random, WRONG_FIRST, size)
    mended_at = np.maximum(finished, table["failed_at"]) + uniform_seconds(random, HOUR, 10 * DAY, size)
    is_wrong &= mended_at <= state.world.rhythm.as_of
    mended = np.where(is_wrong, mended_at, NONE)
    after = ("finished_at", "outcome", "abort_trigger", "exposed_share", "is_unplanned_fix")
    shown: dict[str, Array] = dict.fromkeys(after, finished)
    told = np.where(is_wrong, mended, np.maximum(table["failed_at"], finished))
    shown["failed_at"] = np.where(table["failed_at"] == NONE, NONE, told)
    shown["restored_at"] = np.where(table["restored_at"] == NONE, NONE, np.maximum(table["restored_at"], told))
    rows = unfold(
        table.having(mended_at=mended),
        "deployment",
        [early, finished, mended, np.where(is_wrong, NONE, table["failed_at"]), shown["restored_at"]],
        shown,
    )
    is_still_wrong = (
        (rows["mended_at"] != NONE) & (rows["updated_at"] < rows["mended_at"]) & (rows["outcome"] == FAILED)
    )
    return rows.having(outcome=np.where(is_still_wrong, SUCCEEDED, rows["outcome"]))


def _automation_runs(state: State) -> Table:
    table = state["automation_runs"]
    random = state.world.streams("versions.automation_runs.early")
    finished = table["finished_at"]
    early = np.where(happens(random, EARLY, len(table)), table["started_at"], NONE)
    shown = dict.fromkeys(("finished_at", "outcome", "taken_over_at", "harmed_incident_id"), finished)
    shown["reversed_at"] = table["reversed_at"]
    return unfold(table, "run", [early, finished, table["reversed_at"]], shown)


def _automations(state: State) -> Table:
    table = state["automations"]
    return unfold(table, "row", [table["tested_at"], table["live_to"]], {"live_to": table["live_to"]})


def _alerts(state: State) -> Table:
    """Bulk: the last state of each alert, as the monitoring drops it."""
    table = state["alerts"]
    is_over = table["resolved_at"] <= state.world.rhythm.as_of
    return table.having(
        record_key=table["alert"],
        updated_at=np.where(is_over, table["resolved_at"], table["fired_at"]),
        resolved_at=np.where(is_over, table["resolved_at"], NONE),
        resolved_by=np.where(is_over, table["resolved_by"], NONE),
        action_taken=np.where(is_over, table["action_taken"], NONE),
    )


def _slos(state: State) -> Table:
    table = state["slos"]
    return unfold(table, "row", [table["valid_from"], table["valid_to"]], {"valid_to": table["valid_to"]})


def _postmortems(state: State) -> Table:
    table = state["postmortems"]
    published = table["published_at"]
    return unfold(table, "postmortem", [table["started_at"], published], {"published_at": published})


def _postmortem_actions(state: State) -> Table:
    table = state["postmortem_actions"]
    return unfold(table, "action", [table["agreed_at"], table["done_at"]], {"done_at": table["done_at"]})


def _outcomes(state: State) -> Table:
    """Delivered on the third day after the month."""
    table = state["outcomes"]
    rhythm = state.world.rhythm
    days = table["period_end"] - state.world.settings.starts_on.toordinal() + 1
    delivered = rhythm.day_starts[np.minimum(days, len(rhythm.day_starts) - 1)] + 2 * DAY + 9 * HOUR
    return table.having(record_key=table["outcome"], updated_at=np.minimum(delivered, rhythm.as_of))


def _markets(state: State) -> Table:
    table = state.world.structure.markets
    size = len(table)
    since = np.full(size, state.world.rhythm.start - 365 * DAY)
    return Table(
        {
            **table.columns, "row": table["market"] + 1, "record_key": table["market"] + 1, "updated_at": since,
            "valid_from": since, "valid_to": unknown(size),
        }
    )  # fmt: skip


def _signal_reviews(state: State) -> Table:
    """A few verdicts on signals of the quarter: what was cheated with is upheld, and all else cleared."""
    random, world = state.world.streams("versions.signal_reviews"), state.world
    months = np.arange(21, len(world.rhythm.day_starts) - 7, 30)
    size = len(months) * 2
    day = np.repeat(months, 2)
    reviewed = world.rhythm.day_starts[day] + uniform_seconds(random, 1 * DAY, 6 * DAY, size)
    signal = chosen(random, np.ones(len(SIGNALS)), size)
    team = random.integers(0, world.settings.teams, size)
    names = world.structure.team_ids
    cheats = {(SIGNALS.index(cheat.signal), names.index(cheat.team)) for cheat in world.settings.planned_cheats}
    is_upheld = np.array([pair in cheats for pair in zip(signal.tolist(), team.tolist(), strict=True)], dtype=bool)
    verdict = np.where(is_upheld, code("verdict", "upheld"), code("verdict", "cleared"))
    return Table(
        {
            "review": numbered(size, 1),
            "record_key": numbered(size, 1),
            "signal": signal,
            "team": team,
            "period_start": _quarter_starts(world.settings.starts_on.toordinal() + day - 21),
            "verdict": verdict.astype(np.int64),
            "reason": verdict.astype(np.int64),
            "reviewed_at": reviewed,
            "updated_at": reviewed,
        }
    )


def _quarter_starts(days: Ints) -> Ints:
    """The first days of the quarters that hold these days, as ordinals."""
    found = [date.fromordinal(int(day)) for day in days]
    return np.array([day.replace(month=day.month - (day.month - 1) % 3, day=1).toordinal() for day in found], np.int64)


_MAKERS: dict[str, Callable[[State], Table]] = {
    "incidents": _incidents,
    "incident_events": _incident_events,
    "incident_services": _incident_services,
    "deployments": _deployments,
    "automations": _automations,
    "automation_runs": _automation_runs,
    "alerts": _alerts,
    "toil_entries": _once("toil_entries", "entry", "performed_at", later=900),
    "capacity_events": _once("capacity_events", "event_id", "happened_at"),
    "slos": _slos,
    "slo_exclusions": _once("slo_exclusions", "exclusion", "registered_at"),
    "postmortems": _postmortems,
    "postmortem_actions": _postmortem_actions,
    "contributions": _once("contributions", "contribution", "contributed_at"),
    "outcomes": _outcomes,
    "markets": _markets,
    "signal_reviews": _signal_reviews,
}
