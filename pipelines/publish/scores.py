"""Scores of teams as the page shows them: by pillar, with bands, and what is missing where there is none.

Belongs here: which scores are shown, in which words. Does not belong here: looks (templates/page.html.j2), any score.
Teams stand in alphabetical order: nothing is ranked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from data_quality.connection import has_table
from pipelines.publish import words

Connection = duckdb.DuckDBPyConnection
_PILLARS = ("overall", "reliability", "delivery", "automation", "toil", "learning")
_REASONS = {"not_reached": "more than half are still open"}
_ROLLOUT = {"not_scored_yet": "not scored yet", "not_started": "roll-out not begun"}


@dataclass(frozen=True, slots=True)
class Score:
    """A cell of the table: `text` is the score or why there is none, `notes` stand below it."""

    text: str
    notes: tuple[str, ...]
    is_known: bool


def section(con: Connection) -> dict[str, Any] | None:
    """Period, version of the policy, pillars and rows of the last closed quarter in which a team has a score.

    None for a release of an older version, without closed quarters, or without a score.
    """
    catalogue = con.execute("select current_catalog()").fetchone()
    if catalogue is None or not has_table(con, "scorecard.scores", str(catalogue[0])):
        return None
    newest = con.execute("""
        select max(period_start_on) from scorecard.scores
        where entity_type = 'team' and period_type = 'quarter' and is_closed and value is not null
    """).fetchone()
    if newest is None or newest[0] is None:
        return None
    found = con.execute(
        """
        select entity_id, entity_name, pillar, value, low, high, status, excused_metrics, policy_version
        from scorecard.scores where entity_type = 'team' and period_type = 'quarter' and period_start_on = ?
        order by entity_id, pillar
        """,
        [newest[0]],
    ).fetchall()
    missing = _missing(con, newest[0])
    rows: dict[str, dict[str, Any]] = {}
    for entity, name, pillar, value, low, high, status, excused, _ in found:
        row = rows.setdefault(entity, {"name": name, "scores": {}})
        row["scores"][pillar] = _score(value, low, high, status, excused, missing.get((entity, pillar), ()))
    told = {pillar for _, _, pillar, *_ in found}
    return {
        "period": words.period_name("quarter", newest[0]),
        "version": found[0][-1],
        "pillars": [pillar for pillar in _PILLARS if pillar in told],
        "rows": sorted(rows.values(), key=lambda row: (str(row["name"]).casefold(), str(row["name"]))),
    }


def _missing(con: Connection, start: object) -> dict[tuple[str, str], list[str]]:
    """What leaves a pillar of a team incomplete, and why, in words."""
    found = con.execute(
        """
        select entity_id, scores.pillar, name, status
        from scorecard.metric_scores as scores inner join scorecard.metric_catalogue using (metric_id)
        where entity_type = 'team' and period_type = 'quarter' and period_start_on = ?
            and weight is not null and score is null and not is_excused
            and status not in ('not_scored_yet', 'not_started')
        order by entity_id, scores.pillar, metric_id
        """,
        [start],
    ).fetchall()
    missing: dict[tuple[str, str], list[str]] = {}
    for entity, pillar, name, status in found:
        reason = _REASONS.get(status) or words.STATUS_WORDS[status]
        missing.setdefault((entity, pillar), []).append(f"{name}: {reason}")
    return missing


def _score(
    value: float | None, low: float | None, high: float | None, status: str, excused: int, missing: Sequence[str]
) -> Score:
    left_out = (f"{excused} excused",) if excused else ()
    if value is None:
        return Score(_ROLLOUT.get(status, status), (*missing, *left_out), False)
    band = f"{low:.0f} to {high:.0f}" if low is not None and high is not None else "no band"
    provisional = ("provisional",) if status == "provisional" else ()
    return Score(f"{value:.0f}", (band, *provisional, *left_out), True)
