"""The page for leadership: one static file, no JavaScript, opens from disk.

Belongs here: which figures stand where, in which words. Does not belong here: looks (templates/page.html.j2),
geometry (drawing.py), any figure that is not in the release.
Entities stand in alphabetical order: nothing is ranked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from data_quality.connection import quoted
from pipelines.publish import changes, drawing, gates, recognition, scores, words
from pipelines.publish.changes import Change
from pipelines.publish.manifest import DATABASE, PAGE

Connection = duckdb.DuckDBPyConnection
TREND_MONTHS = 24
MOST_ENTITIES = 400
UNTOLD = "missing_source"
_PILLARS = ("reliability", "delivery", "automation", "toil", "learning", "outcomes")
_PILLAR_TEXT = {
    "reliability": "How often things break, and how fast they are whole again",
    "delivery": "How change reaches production, and how often it hurts",
    "automation": "What automation does, and whether it works",
    "toil": "What is still done by hand",
    "learning": "What is learnt from what went wrong, and whether it holds",
    "outcomes": "What customers notice of it",
}
_BETTER = {"up": "higher is better", "down": "lower is better"}
_METHODS = {
    "wilson": "Wilson",
    "poisson": "exact Poisson, widened by the dispersion between days",
    "kaplan_meier": "Kaplan-Meier, log-log",
    "quartiles": "from the limits of the quartiles",
    "jackknife": "jackknife over days",
    "mover": "from Wilson's of each share",
    "histogram": "the bounds of buckets between which it lies",
    "weighted": "none: a mean of delivered values",
    "none": "none: a sum",
}
_ENTITY_TITLES = {"area": "Areas", "team": "Teams", "service": "Services"}
_FATES = ("staged", "superseded", "deleted", "not_applicable", "quarantined")


@dataclass(frozen=True, slots=True)
class Heading:
    """What names the page."""

    title: str
    release_id: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One published cell."""

    metric_id: str
    entity_type: str
    entity_id: str
    entity_name: str
    period_type: str
    start: date
    numerator: float | None
    denominator: float | None
    n: int | None
    value: float | None
    low: float | None
    high: float | None
    unit: str
    status: str
    why: str = ""
    """Why it is suppressed, as scorecard.suppressions names the reason."""

    @property
    def is_shown(self) -> bool:
        """True when the cell has a value (or a median that was not reached)."""
        return self.status in words.SHOWN

    @property
    def text(self) -> str:
        """Value or reason, in words."""
        return words.value_text(self.value, self.low, self.unit, self.status)

    @property
    def interval(self) -> str:
        """Interval in words, empty when nothing is shown."""
        return words.interval(self.low, self.high, self.unit, self.value) if self.is_shown else ""

    @property
    def period(self) -> str:
        """Name of its period."""
        return words.period_name(self.period_type, self.start)


_CELL_COLUMNS = (
    "metric_id, entity_type, entity_id, entity_name, period_type, period_start_on, cast(numerator as double), "
    "cast(denominator as double), n, value, low, high, unit, status"
)


def write(folder: Path, heading: Heading, con: Connection) -> Path:
    """Write `page/index.html` from `scorecard.duckdb` of the same folder."""
    target = folder / PAGE
    target.parent.mkdir(exist_ok=True)
    # Under another name: a file `scorecard.duckdb` with a schema `scorecard` makes `scorecard.x` ambiguous.
    con.execute(f"attach '{quoted(str(folder / DATABASE))}' as page_of (read_only)")
    con.execute("use page_of")
    target.write_text(render(con, heading), encoding="utf-8")
    con.execute("use memory; detach page_of")
    return target


def render(con: Connection, heading: Heading) -> str:
    """The page as text, from a connection to a release's tables."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    metrics = _metrics(con)
    changed = _changes(con)
    return environment.get_template("page.html.j2").render(
        heading=heading,
        as_of=heading.as_of[:16].replace("T", " ") + " UTC",
        pillars=_pillars(con, metrics, changed),
        changed=_changed(metrics, changed),
        verdicts=changes.VERDICTS,
        entities=_entities(con, metrics),
        scores=scores.section(con),
        gates=gates.section(con),
        recognition=recognition.section(con),
        sources=_sources(con),
        freshness=_freshness(con),
        checks=_checks(con),
        metrics=metrics,
        statuses=[(name, words.STATUS_WORDS[name] or "shown", text) for name, text in words.STATUS_REASONS.items()],
    )


def _metrics(con: Connection) -> list[dict[str, Any]]:
    cursor = con.execute("select * from scorecard.metric_catalogue order by metric_id")
    names = [column[0] for column in cursor.description or []]
    found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    order = {pillar: at for at, pillar in enumerate(_PILLARS)}
    for metric in found:
        metric["interval_text"] = _METHODS.get(metric["interval_method"], metric["interval_method"])
        metric["better_text"] = _BETTER.get(metric["better"], "context only, not good or bad by itself")
    return sorted(found, key=lambda metric: (order.get(metric["pillar"], len(order)), metric["metric_id"]))


def _cells(con: Connection, where: str) -> list[Cell]:
    sql = f"select {_CELL_COLUMNS} from scorecard.metric_values where dimension is null and is_closed and {where}"
    rows = con.execute(sql + " order by metric_id, period_type, period_start_on").fetchall()
    reasons = _withheld(con) if any(row[-1] == "suppressed" for row in rows) else {}
    return [Cell(*(*row, reasons.get((*row[:3], *row[4:6]), ""))) for row in rows]


def _withheld(con: Connection) -> dict[tuple[object, ...], str]:
    sql = "select metric_id, entity_type, entity_id, period_type, period_start_on, reason from scorecard.suppressions"
    return {tuple(row[:5]): row[5] for row in con.execute(f"{sql} where not is_split").fetchall()}


def _changes(con: Connection, where: str = "entity_type = 'portfolio'") -> dict[tuple[str, date, str], Change]:
    """Changes of quarters by metric, first day and entity; none of splits. A release of an older version has none."""
    if not changes.is_told(con):
        return {}
    sql = f"select {changes.COLUMNS} from scorecard.changes where dimension is null and period_type = 'quarter'"
    found = [Change(*row) for row in con.execute(f"{sql} and {where}").fetchall()]
    return {(one.metric_id, one.start, one.entity_id): one for one in found}


def _changed(
    metrics: Sequence[Mapping[str, Any]], changed: Mapping[tuple[str, date, str], Change]
) -> dict[str, Any] | None:
    """What is said first: which metrics of the portfolio's newest judged quarter are better, worse or unclear."""
    judged = [one for one in changed.values() if one.verdict]
    if not judged:
        return None
    newest = max(one.start for one in judged)
    by_metric = {one.metric_id: one for one in judged if one.start == newest}
    lines: dict[str, list[tuple[Mapping[str, Any], Change]]] = {verdict: [] for verdict in changes.VERDICTS}
    for metric in metrics:
        if metric["metric_id"] in by_metric:
            one = by_metric[metric["metric_id"]]
            lines[str(one.verdict)].append((metric, one))
    any_of = next(iter(by_metric.values()))
    return {
        "period": words.period_name("quarter", newest),
        "before": any_of.before,
        "lines": lines,
        "rest": len(metrics) - len(by_metric),
        "total": len(by_metric),
    }


def _pillars(
    con: Connection, metrics: Sequence[Mapping[str, Any]], changed: Mapping[tuple[str, date, str], Change]
) -> list[dict[str, Any]]:
    by_metric: dict[str, list[Cell]] = {}
    for cell in _cells(con, "entity_type = 'portfolio' and period_type in ('month', 'quarter')"):
        by_metric.setdefault(cell.metric_id, []).append(cell)
    splits = _splits(con)
    pillars: dict[str, list[dict[str, Any]]] = {}
    for metric in metrics:
        cells, name = by_metric.get(metric["metric_id"], []), metric["metric_id"]
        pillars.setdefault(metric["pillar"], []).append(_card(metric, cells, changed, splits.get(name, [])))
    return [_pillar(name, cards) for name, cards in pillars.items()]


def _pillar(name: str, cards: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Cards of what anything is known of; the names of the rest, in one line."""
    return {
        "name": name,
        "text": _PILLAR_TEXT.get(name, ""),
        "cards": [card for card in cards if not card["is_untold"]],
        "untold": [str(card["metric"]["name"]) for card in cards if card["is_untold"]],
    }


def _splits(con: Connection) -> dict[str, list[dict[str, str]]]:
    """Lines of each metric's splits (severity, outcome, ...) for the portfolio's last closed quarter."""
    found = con.execute("""
        select metric_id, dimension, dimension_value, value, low, high, unit, status
        from scorecard.metric_values
        where entity_type = 'portfolio' and period_type = 'quarter' and is_closed and dimension is not null
            and status in ('ok', 'provisional')
            and period_start_on = (select max(period_start_on) from scorecard.metric_values
                where entity_type = 'portfolio' and period_type = 'quarter' and is_closed)
        order by metric_id, dimension, dimension_value
    """).fetchall()
    lines: dict[str, list[dict[str, str]]] = {}
    for metric, dimension, split, value, low, high, unit, status in found:
        text = words.value_text(value, low, unit, status)
        line = {
            "name": words.split_name(dimension, split),
            "text": f"{text} {words.unit_suffix(unit)}".strip(),
            "interval": words.interval(low, high, unit, value),
        }
        lines.setdefault(metric, []).append(line)
    return lines


def _card(
    metric: Mapping[str, Any],
    cells: Sequence[Cell],
    changed: Mapping[tuple[str, date, str], Change],
    splits: Sequence[Mapping[str, str]],
) -> dict[str, Any]:
    months = [cell for cell in cells if cell.period_type == "month"]
    newest = [*months[-1:], *[cell for cell in cells if cell.period_type == "quarter"][-1:]]
    top = max([_edge(cell) for cell in newest if cell.is_shown], default=0.0)
    found = [changed.get((cell.metric_id, cell.start, cell.entity_id)) for cell in newest[-1:]]
    return {
        "metric": metric,
        "splits": splits,
        "is_untold": bool(cells) and not splits and all(cell.status == UNTOLD for cell in cells),
        "figures": [_figure(cell, top) for cell in newest],
        "change": _said(found[0], newest[-1]) if found and found[0] else None,
        "trend": _trend(metric, months[-TREND_MONTHS:]),
        "same_reason": _same_reason(newest),
        "last_known": next((cell for cell in reversed(months) if cell.is_shown), None),
        "first": months[-TREND_MONTHS:][0].period if months else "",
        "last": months[-1].period if months else "",
    }


def _said(change: Change, cell: Cell) -> dict[str, str]:
    """A change as the card says it: the verdict, how much, from what."""
    was = "" if change.previous_value is None else words.quantity(change.previous_value, cell.unit)
    return {
        "verdict": change.verdict or "none",
        "period": cell.period,
        "title": change.title,
        "amount": change.amount,
        "interval": change.interval or ("a sum has no interval" if change.verdict else ""),
        "was": " ".join(filter(None, [was, words.unit_suffix(cell.unit)])) if was else "",
        "before": change.before,
    }


def _same_reason(cells: Sequence[Cell]) -> bool:
    """True when month and quarter are unknown for one and the same reason, which is then said once."""
    return len(cells) > 1 and not any(cell.is_shown for cell in cells) and len({cell.status for cell in cells}) == 1


def _edge(cell: Cell) -> float:
    found = [number for number in (cell.high, cell.value, cell.low) if number is not None]
    top = max(found, default=0.0)
    return min(1.0, top) if cell.unit == "ratio" else top


def _figure(cell: Cell, top: float) -> dict[str, Any]:
    label = f"{cell.period}: {cell.text}, {words.interval_name(cell.unit)} {cell.interval}"
    has_bar = cell.is_shown and top and cell.interval
    drawn = drawing.interval_bar(cell.value, cell.low, cell.high, top * 1.08, label) if has_bar else ""
    return {
        "cell": cell,
        "suffix": words.unit_suffix(cell.unit) if cell.is_shown else "",
        "bar": drawn,
        "note": _note(cell),
    }


def _note(cell: Cell) -> str:
    if not cell.is_shown:
        return words.WITHHELD_REASONS.get(cell.why) or words.STATUS_REASONS.get(cell.status, "")
    counts = f"n {cell.n:,}" if cell.n is not None else ""
    if cell.unit == "ratio" and cell.numerator is not None and cell.denominator and cell.value is not None:
        is_share = abs(cell.value - cell.numerator / cell.denominator) < 1e-9
        counts = f"n {cell.n:,}" if not is_share else f"{cell.numerator:,.0f} of {cell.denominator:,.0f}"
    return f"{counts} · {words.STATUS_WORDS['provisional']}" if cell.status == "provisional" else counts


def _band(cell: Cell) -> tuple[float | None, float | None, float | None]:
    """Value and interval of a point; a sum has no interval, so its band is the line itself."""
    if not cell.is_shown:
        return None, None, None
    return (cell.value, cell.low, cell.high) if cell.interval else (cell.value, cell.value, cell.value)


def _trend(metric: Mapping[str, Any], months: Sequence[Cell]) -> str:
    points = [drawing.Point(cell.period, *_band(cell)) for cell in months]
    known = sum(point.value is not None for point in points)
    if known < 2:
        return ""
    label = f"{metric['name']}, {points[0].label} to {points[-1].label}: {known} of {len(points)} months known"
    return drawing.trend(points, label)


def _entities(con: Connection, metrics: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Tables of areas, teams and services; a kind that does not exist is left out.

    Period: the last closed quarter of which anything is known, else the last closed one.
    """
    found = con.execute("""
        select period_start_on from scorecard.metric_values
        where period_type = 'quarter' and is_closed and dimension is null and entity_type <> 'portfolio'
        group by period_start_on
        order by bool_or(status in ('ok', 'provisional')) desc, period_start_on desc limit 1
    """).fetchone()
    if found is None:
        return []
    newest = f"period_type = 'quarter' and period_start_on = date '{found[0]}'"
    cells = _cells(con, f"entity_type in ('area', 'team', 'service') and {newest}")
    changed = _changes(con, f"entity_type in ('area', 'team', 'service') and period_start_on = date '{found[0]}'")
    tables = []
    for kind, title in _ENTITY_TITLES.items():
        rows = _entity_rows([cell for cell in cells if cell.entity_type == kind], changed)
        if rows:
            known = [row for row in rows if row["known"]]
            start = next(cell.start for cell in cells if cell.entity_type == kind)
            tables.append(
                {
                    "title": title,
                    "kind": kind,
                    "period": words.period_name("quarter", start),
                    "before": words.period_name("quarter", changes.previous_start("quarter", start)),
                    "parts": _parts(known, metrics),
                    "rows": known[:MOST_ENTITIES],
                    "left_out": max(0, len(known) - MOST_ENTITIES),
                    "unknown": [row["name"] for row in rows if not row["known"]],
                }
            )
    return tables


def _parts(rows: Sequence[Mapping[str, Any]], metrics: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The metrics of which anything is known, by pillar: a table each, since sixty columns are none."""
    parts: dict[str, list[Mapping[str, Any]]] = {}
    for metric in metrics:
        if any(metric["metric_id"] in row["known"] for row in rows):
            parts.setdefault(metric["pillar"], []).append(metric)
    return [{"pillar": pillar, "metrics": known} for pillar, known in parts.items()]


def _entity_rows(cells: Sequence[Cell], changed: Mapping[tuple[str, date, str], Change]) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for cell in cells:
        row = rows.setdefault(cell.entity_id, {"name": cell.entity_name, "cells": {}, "changes": {}, "known": set()})
        row["cells"][cell.metric_id] = cell
        change = changed.get((cell.metric_id, cell.start, cell.entity_id))
        if change is not None and change.verdict:
            row["changes"][cell.metric_id] = change
        if cell.is_shown:
            row["known"].add(cell.metric_id)
    return sorted(rows.values(), key=lambda row: (str(row["name"]).casefold(), str(row["name"])))


def _sources(con: Connection) -> list[dict[str, Any]]:
    """Rows of each source and kind by fate."""
    found = con.execute("""
        select source, kind, fate, sum(rows)::bigint from scorecard.quality
        where section = 'rows' and source <> 'organisation' group by all order by all
    """).fetchall()
    grouped: dict[tuple[str, str], dict[str, int]] = {}
    for source, kind, fate, rows in found:
        grouped.setdefault((source, kind), {})[fate] = rows
    return [_source(source, kind, fates) for (source, kind), fates in grouped.items()]


def _source(source: str, kind: str, fates: Mapping[str, int]) -> dict[str, Any]:
    total = sum(fates.values())
    parts = [(fate, fates.get(fate, 0) / total if total else 0.0) for fate in _FATES]
    label = ", ".join(f"{fate.replace('_', ' ')} {share:.1%}" for fate, share in parts)
    return {
        "source": source.replace("_", " "),
        "kind": kind.replace("_", " "),
        "rows": total,
        "fates": [fates.get(fate, 0) for fate in _FATES],
        "bar": drawing.shares(parts, f"{source}, {kind}: {label}"),
    }


def _freshness(con: Connection) -> list[dict[str, Any]]:
    columns = [row[0] for row in con.execute("describe scorecard.freshness").fetchall()]
    if not {"source", "kind", "newest_recorded_at"} <= set(columns):
        return []
    found = con.execute(
        "select source, kind, newest_recorded_at from scorecard.freshness order by source, kind"
    ).fetchall()
    return [
        {
            "source": s.replace("_", " "),
            "kind": k.replace("_", " "),
            "newest": f"{at:%Y-%m-%d %H:%M}" if at else "nothing came",
        }
        for s, k, at in found
    ]


def _checks(con: Connection) -> list[dict[str, Any]]:
    found = con.execute("""
        select kind, count(*), count(*) filter (where passed) from scorecard.quality
        where section = 'check' group by kind order by kind
    """).fetchall()
    return [{"layer": layer, "total": total, "passed": passed} for layer, total, passed in found]
