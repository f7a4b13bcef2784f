"""Guardrails, awards and integrity signals of teams, as the page shows them.

Belongs here: which rows are shown, in which words. Does not belong here: looks (templates/page.html.j2), any verdict.
Teams stand in alphabetical order: nothing is ranked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from data_quality.connection import has_table
from pipelines.publish import words

Connection = duckdb.DuckDBPyConnection
_GUARDRAILS: Mapping[str, str] = {
    "oversight": "Oversight",
    "audit_trail": "Audit trail",
    "harm": "Harm",
    "risk_taking": "Risk taking",
    "over_automation": "Over-automation",
    "escalation": "Escalation",
    "non_inferiority": "Not worse than before",
}
_STATUSES = {
    "held": "holds",
    "breached": "failed",
    "excepted": "holds by an exception",
    "missing_source": "no source",
    "unknown": "not known",
    "no_exposure": "nothing to judge",
    "no_baseline": "no baseline yet",
}
_WITHHELD = {
    "no_baseline": "no baseline yet",
    "too_few_quarters": "too few quarters after the baseline",
    "not_scored_yet": "not scored yet",
    "no_improvement": "nothing improved beyond chance",
}


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal that fired, in words."""

    title: str
    seen: str
    innocent: str
    records: tuple[str, ...]
    more: int
    review: str


def section(con: Connection) -> dict[str, Any] | None:
    """The last closed quarter in which a guardrail of a team could be judged, and the signals of its year.

    None for a release of an older version, without teams, or where no guardrail could ever be judged.
    """
    catalogue = con.execute("select current_catalog()").fetchone()
    tables = ("scorecard.guardrails", "scorecard.awards", "scorecard.integrity_signals")
    if catalogue is None or not all(has_table(con, name, str(catalogue[0])) for name in tables):
        return None
    newest = con.execute("""
        select max(period_start_on) from scorecard.guardrails
        where entity_type = 'team' and period_type = 'quarter' and is_closed and held is not null
    """).fetchone()
    if newest is None or newest[0] is None:
        return None
    return {
        "period": words.period_name("quarter", newest[0]),
        "guardrails": list(_GUARDRAILS.values()),
        "rows": _rows(con, newest[0]),
        "signals": _signals(con, newest[0]),
    }


def _rows(con: Connection, start: object) -> list[dict[str, Any]]:
    """A row for each team: a cell for each guardrail, the award, and what would restore what failed."""
    found = con.execute(
        """
        select entity_id, entity_name, guardrail_id, status, restored_by from scorecard.guardrails
        where entity_type = 'team' and period_type = 'quarter' and period_start_on = ?
        order by entity_id, guardrail_id
        """,
        [start],
    ).fetchall()
    awards = dict(
        con.execute(
            "select entity_id, withheld_codes from scorecard.awards where period_start_on = ?", [start]
        ).fetchall()
    )
    rows: dict[str, dict[str, Any]] = {}
    for entity, name, guardrail, status, restored in found:
        row = rows.setdefault(entity, {"name": name, "cells": {}, "restored": [], "award": "none"})
        row["cells"][_GUARDRAILS[guardrail]] = (_STATUSES[status], status)
        if status == "breached":
            row["restored"].append((_GUARDRAILS[guardrail], restored))
    for entity, row in rows.items():
        if entity in awards:
            codes = awards[entity]
            row["award"] = "granted" if codes is None else "withheld: " + _withheld(codes.split(","))
    return sorted(rows.values(), key=lambda row: (str(row["name"]).casefold(), str(row["name"])))


def _withheld(codes: Sequence[str]) -> str:
    """The reasons, each once; guardrails together."""
    said = [text for code, text in _WITHHELD.items() if code in codes]
    gates = {code.split(":")[1] for code in codes if code.startswith("guardrail_")}
    named = [name.lower() for guardrail, name in _GUARDRAILS.items() if guardrail in gates]
    return "; ".join([*said, *([f"guardrails in its quarters: {', '.join(named)}"] if named else [])])


def _signals(con: Connection, start: object) -> list[dict[str, Any]]:
    """What fired in the quarter and the three before it, newest quarter first, then by name."""
    found = con.execute(
        """
        select period_start_on, entity_name, signal_name, suspicious, n, statistic, baseline, q_value, evidence_kind,
            evidence_ids, evidence_rows, innocent_explanation, review_verdict
        from scorecard.integrity_signals
        where is_fired and is_closed and period_start_on <= $start and period_start_on > $start - interval 1 year
        order by period_start_on desc, lower(entity_name), entity_name, signal_id
        """,
        {"start": start},
    ).fetchall()
    quarters: dict[date, list[Signal]] = {}
    for quarter, name, signal, hits, n, share, usual, q, kind, ids, records, innocent, verdict in found:
        listed = (ids or "").split(",")[: words.MOST_RECORDS]
        seen = f"{hits:,} of {n:,} ({share:.1%}) where {usual:.1%} would be usual; false discovery rate q {_small(q)}"
        quarters.setdefault(quarter, []).append(
            Signal(
                f"{name}: {signal[:1].lower()}{signal[1:]}", seen, innocent,
                tuple(f"{kind}/{record}" for record in listed), max(0, records - len(listed)),
                f"reviewed: {verdict}" if verdict else "not reviewed yet",
            )
        )  # fmt: skip
    return [{"period": words.period_name("quarter", quarter), "lines": lines} for quarter, lines in quarters.items()]


def _small(q: float) -> str:
    return "below 0.001" if q < 0.001 else f"{q:.3f}"
