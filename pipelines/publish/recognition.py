"""What is recognised of teams, and their highlights, as the page lists them: with the records that prove them.

Belongs here: which lines are shown, in which words. Does not belong here: looks (templates/page.html.j2), any
sentence of a highlight (scorecard.highlights has them), any count.
Teams stand in alphabetical order, lines in the order of their kinds: nothing is ranked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from data_quality.connection import has_table
from pipelines.publish import words

Connection = duckdb.DuckDBPyConnection
ITEMS: Mapping[str, tuple[str, str]] = {
    "contribution_recipe": ("recipe shared", "recipes shared"),
    "contribution_instrumentation": ("piece of instrumentation shared", "pieces of instrumentation shared"),
    "contribution_training": ("training given", "trainings given"),
    "contribution_review": ("review of another team's work", "reviews of other teams' work"),
    "contribution_reused": ("contribution taken up by another team", "contributions taken up by other teams"),
    "recipe_reused": ("automation of another team made from a recipe", "automations of other teams made from recipes"),
    "review_published": ("incident review published", "incident reviews published"),
}
KINDS = (
    "averted_outage", "restore_time_fell", "healed_by_automation", "recipe_reused", "error_budget_held",
    "actions_on_time",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """What is said, and the records behind it; `more` of them are in the table alone."""

    text: str
    records: tuple[str, ...]
    more: int


def section(con: Connection) -> dict[str, Any] | None:
    """Period, teams with their lines, and what no source speaks of, of the last closed quarter that has any line.

    None for a release of an older version, without teams, or without a line.
    """
    catalogue = con.execute("select current_catalog()").fetchone()
    names = ("scorecard.recognition", "scorecard.highlights")
    if catalogue is None or not all(has_table(con, name, str(catalogue[0])) for name in names):
        return None
    newest = con.execute("""
        select max(period_start_on) from (
            select period_start_on from scorecard.recognition
            where period_type = 'quarter' and is_closed and records > 0
            union all select period_start_on from scorecard.highlights where is_closed
        )
    """).fetchone()
    if newest is None or newest[0] is None:
        return None
    teams: dict[str, dict[str, Any]] = {}
    for entity, name in con.execute(
        "select distinct entity_id, entity_name from scorecard.recognition "
        "where period_type = 'quarter' and period_start_on = ? order by entity_id",
        [newest[0]],
    ).fetchall():
        teams[entity] = {"name": name, "highlights": _highlights(con, entity, newest[0]), "recognition": []}
        teams[entity]["recognition"] = _recognition(con, entity, newest[0])
    rows = sorted(teams.values(), key=lambda row: (str(row["name"]).casefold(), str(row["name"])))
    return {
        "period": words.period_name("quarter", newest[0]),
        "teams": [row for row in rows if row["highlights"] or row["recognition"]],
        "others": [row["name"] for row in rows if not row["highlights"] and not row["recognition"]],
        "untold": _untold(con, newest[0]),
    }


def _line(text: str, evidence: str) -> Line:
    records = tuple(evidence.split(","))
    return Line(text, records[: words.MOST_RECORDS], max(0, len(records) - words.MOST_RECORDS))


def _highlights(con: Connection, entity: str, start: object) -> list[Line]:
    found = con.execute(
        "select kind, sentence, evidence_ids from scorecard.highlights "
        "where entity_id = ? and period_start_on = ? order by subject_id, alert_class",
        [entity, start],
    ).fetchall()
    return [_line(sentence, evidence) for kind in KINDS for told, sentence, evidence in found if told == kind]


def _recognition(con: Connection, entity: str, start: object) -> list[Line]:
    found = con.execute(
        "select item_id, records, evidence_ids from scorecard.recognition "
        "where entity_id = ? and period_type = 'quarter' and period_start_on = ? and records > 0",
        [entity, start],
    ).fetchall()
    told = {item: (records, evidence) for item, records, evidence in found}
    return [
        _line(f"{told[item][0]} {one if told[item][0] == 1 else many}", told[item][1])
        for item, (one, many) in ITEMS.items()
        if item in told
    ]


def _untold(con: Connection, start: object) -> list[str]:
    """What no source speaks of for any team."""
    found = con.execute(
        "select item_id from scorecard.recognition where period_type = 'quarter' and period_start_on = ? "
        "group by item_id having bool_and(status = 'missing_source')",
        [start],
    ).fetchall()
    silent = {item for (item,) in found}
    return [many for item, (_, many) in ITEMS.items() if item in silent]
