"""The frame of scorecard.highlights: each sentence derived anew from the rows that it names.

Belongs here: counting what differs. Does not belong here: what is expected of the counts (suites/), the choice of
highlights (int_highlights). By another way than the models: the named rows are read from the facts, and the sentence is
made of them in Python; the models' own numbers are not looked at.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import floor, sqrt
from typing import Any, NamedTuple

import duckdb

from data_quality.connection import LANDED, has_table
from data_quality.frames import Frame, from_rows

Connection = duckdb.DuckDBPyConnection
MOST = 5
LEAST_EVENTS = 10
_Z = 1.959963984540054
_MICROSECOND = timedelta(microseconds=1)
_RECORD = "replace(concat_ws('/', fact.source, fact.source_record_id), ',', ';')"


class Highlight(NamedTuple):
    """A published row, as far as it is needed."""

    highlight_id: str
    kind: str
    team: str
    start: date
    sentence: str
    subject: str
    alert_class: str | None
    events: int
    evidence: tuple[str, ...]


Rows = Sequence[Mapping[str, Any]]
"""The rows that a highlight names, in the order of the facts' table."""


class Proof(NamedTuple):
    """Where the evidence of a kind is a fact: its table, identifier, what must hold of a row, and how it speaks."""

    table: str
    record: str
    team: str
    holds: str
    says: Callable[[Highlight, Rows], str]


def several(count: int, one: str, many: str) -> str:
    """The word for one, or for many."""
    return one if count == 1 else many


def _averted(highlight: Highlight, rows: Rows) -> str:
    n, (service,) = len(rows), {row["service_id"] for row in rows}
    return (
        f"Analysis stopped {n} canary or blue-green {several(n, 'rollout', 'rollouts')} of {service} before full "
        f"exposure, and no incident is linked to {several(n, 'it', 'them')}."
    )


def _healed(highlight: Highlight, rows: Rows) -> str:
    n, (service,) = len(rows), {row["service_id"] for row in rows}
    return (
        f"Automation resolved {n} {several(n, 'incident', 'incidents')} of {service} before a person acted; "
        f"{several(n, 'it was not', 'none was')} reopened within 24 hours."
    )


def _reused(highlight: Highlight, rows: Rows) -> str:
    n, teams, (recipe,) = len(rows), {row["by_team_id"] for row in rows}, {row["derived_from"] for row in rows}
    return (
        f"{len(teams)} other {several(len(teams), 'team', 'teams')} derived {n} "
        f"{several(n, 'automation', 'automations')} from recipe {recipe}."
    )


def _budget(highlight: Highlight, rows: Rows) -> str:
    n, (service,) = len(rows), {row["entity_id"] for row in rows}
    least = floor(_millionths(min(row["value"] for row in rows)) / 10_000)
    return (
        f"The error budget of every objective of {service} held at the end of each of the {n} weeks that ended in the "
        f"quarter: at least {least} % of it was left."
    )


def _actions(highlight: Highlight, rows: Rows) -> str:
    n, reviews = len(rows), {row["postmortem_id"] for row in rows}
    counts = Counter(row["postmortem_id"] for row in rows)
    if any(row["actions_of_review"] != counts[row["postmortem_id"]] for row in rows):
        return "(not all actions of the reviews are named)"
    return (
        f"{several(n, 'The action', f'All {n} actions')} of {len(reviews)} "
        f"{several(len(reviews), 'review', 'reviews')} {several(n, 'was', 'were')} done on time; the last was due in "
        "the quarter."
    )


def _restored(highlight: Highlight, rows: Rows) -> str:
    """Times of incidents that are still open are longer than any other."""
    live: datetime = rows[0]["live_from"]
    sides: dict[bool, list[float]] = {False: [], True: []}
    for row in rows:
        over = row["resolved_at"] is not None
        took = (row["resolved_at"] - row["started_at"]) // _MICROSECOND if over else float("inf")
        sides[row["started_at"] >= live].append(took)
    before, after = sorted(sides[False]), sorted(sides[True])
    if min(len(before), len(after)) < LEAST_EVENTS:
        return f"(fewer than {LEAST_EVENTS} incidents on a side)"
    low, middle, high = ratio_of_pairs(before, after)
    if not (high < 1 and _twice_median(after) < _twice_median(before)):
        return "(the times did not fall beyond chance)"
    return (
        f"Incidents of {highlight.alert_class} took {_tenths(after)} minutes to restore (median of {len(after)}) after "
        f"automation {highlight.subject} first ran live on {rows[0]['live_on']}, and {_tenths(before)} minutes before "
        f"(median of {len(before)}); ratio {_thousandths(middle)}, 95 % interval {_thousandths(low)} to "
        f"{_thousandths(high)}. This is what was seen after it, not what it did."
    )


def ratio_of_pairs(before: Sequence[float], after: Sequence[float]) -> tuple[float, float, float]:
    """Lower limit, median and upper limit of after / before over all pairs (Hodges and Lehmann, Moses; 95 %)."""
    ratios = sorted(new / old if old else float("inf") for new in after for old in before)
    pairs, sizes = len(ratios), len(before) + len(after)
    place = max(1, floor(pairs / 2 - _Z * sqrt(pairs * (sizes + 1) / 12)))
    middle = (ratios[(pairs - 1) // 2] + ratios[pairs // 2]) / 2
    return ratios[place - 1], middle, ratios[pairs - place]


def _twice_median(times: Sequence[float]) -> float:
    return times[(len(times) - 1) // 2] + times[len(times) // 2]


def _tenths(times: Sequence[float]) -> str:
    """The median of microseconds in minutes, half up."""
    whole, rest = divmod((int(_twice_median(times)) + 6_000_000) // 12_000_000, 10)
    return f"{whole}.{rest}"


def _millionths(share: float) -> int:
    return int((Decimal(share) * 1_000_000).quantize(Decimal(1), ROUND_HALF_UP))


def _thousandths(share: float) -> str:
    return f"0.{min(999_999, _millionths(share)) // 1000:03}"


PROOFS: Mapping[str, Proof] = {
    "averted_outage": Proof(
        "delivery.fct_deployments", _RECORD, "fact.team_id",
        "is_production and outcome in ('aborted', 'rolled_back') and abort_trigger = 'analysis' and exposed_share < 1 "
        "and strategy in ('canary', 'blue_green') and not has_incident", _averted,
    ),
    "restore_time_fell": Proof(
        "reliability.fct_incidents", _RECORD, "fact.team_id", "not is_planned", _restored,
    ),
    "healed_by_automation": Proof(
        "reliability.fct_incidents", _RECORD, "fact.team_id", "resolved_by = 'automation' and is_self_healed", _healed,
    ),
    "recipe_reused": Proof(
        "automation.fct_recipe_reuses", _RECORD, "fact.team_id", "by_team_id <> team_id", _reused,
    ),
    "error_budget_held": Proof(
        "scorecard.metric_values",
        "replace(concat_ws('/', metric_id, entity_type, entity_id, period_type, period_start_on, dimension, "
        "dimension_value), ',', ';')",
        "null",
        "metric_id = 'error_budget_remaining' and entity_type = 'service' and period_type = 'week' "
        "and dimension_value = 'worst_objective' and status in ('ok', 'provisional') and value >= 0", _budget,
    ),
    "actions_on_time": Proof(
        "learning.fct_postmortem_actions", _RECORD, "reviews.team_id", "done_at <= due_at", _actions,
    ),
}  # fmt: skip
_BESIDE: Mapping[str, tuple[str, str]] = {
    "restore_time_fell": (
        "live.live_from, cast(timezone((select time_zone from {landed}.run), timezone('UTC', live.live_from)) as date) "
        "as live_on",
        "left join (select automation_id, min(started_at) as live_from from automation.fct_automation_runs "
        "where mode = 'live' group by automation_id) as live on live.automation_id = named.subject_id",
    ),
    "actions_on_time": (
        "sizes.actions_of_review",
        "left join learning.fct_postmortems as reviews on reviews.postmortem_id = fact.postmortem_id "
        "left join (select postmortem_id, count(*) as actions_of_review from learning.fct_postmortem_actions "
        "group by postmortem_id) as sizes on sizes.postmortem_id = fact.postmortem_id",
    ),
}
"""What else is needed of a kind: columns, and where they come from."""


def highlights_frame(con: Connection) -> Frame:
    """One row per kind: highlights that name what is not there, that do not follow, and that are too many."""
    highlights = _published(con)
    by_place: dict[tuple[str, date], int] = defaultdict(int)
    for one in highlights:
        by_place[one.team, one.start] += 1
    found = []
    for kind in sorted({*PROOFS, *(one.kind for one in highlights)}):
        mine = [one for one in highlights if one.kind == kind]
        rows = _named_rows(con, kind) if mine else {}
        strange = [one for one in mine if _is_strange(one, rows[one.highlight_id])]
        other = [one for one in mine if one not in strange and derived(one, rows[one.highlight_id]) != one.sentence]
        crowded = [one for one in mine if by_place[one.team, one.start] > MOST]
        shown = [
            f"{one.highlight_id}: {one.sentence} | by its rows: {derived(one, rows[one.highlight_id])}"
            for one in (*strange, *other, *crowded)
        ]
        found.append((kind, len(mine), len(strange), len(other), len(crowded), shown[0][:500] if shown else None))
    names = ["kind", "highlights", "unknown_evidence", "other_sentences", "too_many", "example"]
    return from_rows(names, found, ("kind",))


def derived(highlight: Highlight, rows: Rows) -> str:
    """The sentence that the named rows make."""
    proof = PROOFS.get(highlight.kind)
    if proof is None or not rows:
        return "(no row that could prove it)"
    try:
        return proof.says(highlight, rows)
    except ValueError:
        return "(the rows are of several subjects)"


def _is_strange(highlight: Highlight, rows: Rows) -> bool:
    """Whether a row that it names is not there, is of another team or does not hold; or is not counted once."""
    sound = {row["record_id"] for row in rows if row["proof_team"] in (None, highlight.team)}
    named = set(highlight.evidence)
    return named != sound or not len(named) == len(highlight.evidence) == highlight.events


def _published(con: Connection) -> list[Highlight]:
    found = con.execute("""
        select highlight_id, kind, entity_id, period_start_on, sentence, subject_id, alert_class, events,
            string_split(evidence_ids, ',')
        from scorecard.highlights order by all
    """).fetchall()
    return [Highlight._make((*row[:8], tuple(row[8]))) for row in found]


def _named_rows(con: Connection, kind: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of the facts that the highlights of a kind name, and of which holds what must, by highlight."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    proof = PROOFS.get(kind)
    if proof is None or not has_table(con, proof.table):
        return rows
    columns, joins = _BESIDE.get(kind, ("null as nothing", ""))
    cursor = con.execute(
        f"""
        with named as (
            select highlight_id, subject_id, unnest(string_split(evidence_ids, ',')) as record_id
            from scorecard.highlights where kind = ?
        ),
        fact as (select *, {proof.record.replace("fact.", "")} as fact_id from {proof.table} where {proof.holds})
        select named.highlight_id, named.record_id, {proof.team} as proof_team, fact.*, {columns.format(landed=LANDED)}
        from named inner join fact on named.record_id = fact.fact_id {joins}
        order by 1, 2
        """,
        [kind],
    )
    names = [column[0] for column in cursor.description or []]
    for row in cursor.fetchall():
        one = dict(zip(names, row, strict=True))
        rows[one["highlight_id"]].append(one)
    return rows
