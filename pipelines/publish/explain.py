"""Explains one published cell: value, parts, exclusions by reason, and the source rows behind it.

Belongs here: the way from a cell to its facts, and from a fact to its landed rows.
Does not belong here: any metric's formula: which facts a metric counts is said in data_quality/events.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from data_quality.connection import WAREHOUSE, quoted
from data_quality.events import COUNTED, Counted, local_day
from data_quality.fingerprint import WITHHELD, columns_of
from pipelines.errors import ScorecardError, UserError
from pipelines.publish import changes, releases, words
from pipelines.publish.changes import Change
from pipelines.publish.manifest import Manifest
from pipelines.settings import Settings

Connection = duckdb.DuckDBPyConnection
MOST_RECORDS = 50
_RELEASE = "explained"
_SUPPRESSED = "suppressed"
_KEY = ("entity_type", "entity_id", "metric_id", "period_type", "period_start_on")
_ENTITY_COLUMNS = {"service": "service_id", "team": "team_id", "area": "area"}


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One landed row as its source wrote it."""

    source: str
    file: str
    row: int
    fate: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Record:
    """One fact in the cell's scope, and the landed rows that it was made of, newest last.

    is_hit: it is in the numerator; is_covered: it lies in the coverage that the metric needs.
    """

    source: str
    source_record_id: str
    at: str
    is_hit: bool
    is_covered: bool
    rows: tuple[SourceRow, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A cell and what is behind it; `str()` gives the text for a terminal."""

    release_id: str
    cell: Mapping[str, Any]
    metric: Mapping[str, Any]
    exclusions: tuple[tuple[str, int], ...]
    splits: tuple[Mapping[str, Any], ...]
    records: tuple[Record, ...]
    total_records: int
    note: str = field(default="")
    change: Change | None = None
    withheld: str = field(default="")
    """Why the cell shows nothing, where it is suppressed."""

    def __str__(self) -> str:
        return "\n".join(_text(self))


def explain(
    settings: Settings, metric_id: str, entity_id: str, period_start: str, period_type: str | None = None
) -> Explanation:
    """The cell of the current release. period_start: its first day, as 2026-01-01.

    Raises UserError that lists the known metrics, entities or periods when one of them is not known.
    """
    release = releases.current(settings)
    if release is None:
        raise UserError(f"{settings.releases_dir}: nothing is released yet; `scorecard run` does it")
    con = duckdb.connect(":memory:", config={"memory_limit": settings.memory()})
    try:
        con.execute("set TimeZone = 'UTC'")
        con.execute(f"attach '{quoted(str(release / 'scorecard.duckdb'))}' as {_RELEASE} (read_only)")
        con.execute(f"use {_RELEASE}")
        cell = _find(con, metric_id, entity_id, _date(period_start), period_type)
        return _explanation(con, settings, release, cell)
    finally:
        con.close()


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"--period {text}: not a day; write the period's first day as 2026-01-01") from None


def _dicts(con: Connection, sql: str, values: Sequence[object] = ()) -> list[dict[str, Any]]:
    cursor = con.execute(sql, list(values))
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _find(con: Connection, metric: str, entity: str, start: date, period_type: str | None) -> dict[str, Any]:
    found = _dicts(
        con,
        "select * from scorecard.metric_values where metric_id = ? and entity_id = ? and period_start_on = ? "
        "and dimension is null and (? is null or period_type = ?) order by entity_type, period_type",
        [metric, entity, start, period_type, period_type],
    )
    if not found:
        raise UserError(_unknown(con, metric, entity, period_type))
    if len(found) > 1:
        kinds = sorted({f"{cell['entity_type']} by {cell['period_type']}" for cell in found})
        if period_type is None and len({cell["entity_type"] for cell in found}) == 1:
            raise UserError(f"{start} begins several periods ({', '.join(kinds)}); say which by --period-type")
    return found[0]


def _unknown(con: Connection, metric: str, entity: str, period_type: str | None) -> str:
    """Which of the three is not known, and what is."""
    metrics = _known(con, "select distinct metric_id from scorecard.metric_values order by 1")
    if metric not in metrics:
        return f"metric {metric!r} is not known; known: {', '.join(metrics)}"
    entities = _known(con, "select distinct entity_id from scorecard.metric_values order by 1")
    if entity not in entities:
        return f"entity {entity!r} is not known; known: {_some(entities)}"
    periods = _known(
        con,
        "select distinct period_start_on || ' (' || period_type || ')' from scorecard.metric_values "
        "where metric_id = ? and entity_id = ? and (? is null or period_type = ?) order by 1",
        [metric, entity, period_type, period_type],
    )
    return f"no period of {entity} starts then; known starts: {_some(periods)}"


def _known(con: Connection, sql: str, values: Sequence[object] = ()) -> list[str]:
    return [str(row[0]) for row in con.execute(sql, list(values)).fetchall()]


def _some(names: Sequence[str], most: int = 60) -> str:
    listed = ", ".join(names[:most])
    return f"{listed} and {len(names) - most} more" if len(names) > most else listed


def _explanation(con: Connection, settings: Settings, release: Path, cell: dict[str, Any]) -> Explanation:
    key = [cell[name] for name in _KEY]
    same = " and ".join(f"{name} = ?" for name in _KEY)
    has_dimension = "dimension" in dict(columns_of(con, "scorecard.exclusions"))
    main = " and dimension is null" if has_dimension else ""
    excluded = con.execute(
        f"select reason, sum(rows)::bigint from scorecard.exclusions where {same}{main} group by 1 order by 1",
        key,
    ).fetchall()
    splits = _dicts(
        con,
        "select dimension, dimension_value, numerator, denominator, n, value, low, high, unit, status "
        f"from scorecard.metric_values where {same} and dimension is not null order by all",
        key,
    )
    metric = _dicts(con, "select * from scorecard.metric_catalogue where metric_id = ?", [cell["metric_id"]])[0]
    records, total, note = _records(con, settings, release, cell)
    change, why = _change(con, same, key), _withheld(con, same, key, cell)
    return Explanation(release.name, cell, metric, tuple(excluded), tuple(splits), records, total, note, change, why)


def _withheld(con: Connection, same: str, key: Sequence[object], cell: Mapping[str, Any]) -> str:
    if cell["status"] != _SUPPRESSED:
        return ""
    sql = f"select reason from scorecard.suppressions where {same} and not is_split"
    found = con.execute(sql, list(key)).fetchone()
    return "" if found is None else words.WITHHELD_REASONS.get(found[0], str(found[0]))


def _change(con: Connection, same: str, key: Sequence[object]) -> Change | None:
    """The cell against the period before; None for a cell that shows nothing, or whose period can still grow."""
    if changes.is_told(con):
        sql = f"select {changes.COLUMNS} from scorecard.changes where {same} and dimension is null"
        found = con.execute(sql, list(key)).fetchone()
        return None if found is None else Change(*found)
    return None


def _records(
    con: Connection, settings: Settings, release: Path, cell: Mapping[str, Any]
) -> tuple[tuple[Record, ...], int, str]:
    counted = next((one for one in COUNTED if one.metric_id == cell["metric_id"]), None)
    if counted is None:
        return (), 0, "which facts this metric counts is not known here"
    if cell["status"] == _SUPPRESSED:
        return (), 0, "the records behind a withheld number are withheld too"
    if counted.fact in WITHHELD:  # in no release; whoever can read the warehouse may see the records of a shown number
        try:
            _attach_warehouse(con, settings)
        except duckdb.Error as error:
            return (), 0, f"the records are in no release, and the warehouse cannot be read now ({error})"
        counted = replace(counted, fact=f"{WAREHOUSE}.{counted.fact}")
    scope, values = _scope(con, settings, counted, cell)
    (total,) = con.execute(f"select count(*) {scope}", values).fetchone() or (0,)
    covered = _covered(counted.anchor, counted.judged_by)
    facts = con.execute(
        f"select fact.source, fact.source_record_id, strftime({counted.anchor}, '%Y-%m-%d %H:%M:%S'), "
        f"coalesce({counted.hit}, false) and {covered}, {covered} "
        f"{scope} order by {counted.anchor}, fact.source_record_id limit {MOST_RECORDS}",
        values,
    ).fetchall()
    try:
        rows = _source_rows(con, settings, release, counted.kind, facts)
    except (ScorecardError, duckdb.Error) as error:
        found = tuple(Record(source, record, at, hit, known, ()) for source, record, at, hit, known in facts)
        return found, total, f"the landed rows cannot be read now ({error})"
    found = tuple(
        Record(source, record, at, hit, known, tuple(rows[(source, record)]))
        for source, record, at, hit, known in facts
    )
    return found, total, ""


def _covered(anchor: str, judged_by: str) -> str:
    """SQL: whether a fact lies in the coverage of its service; naming none, of its team; else of the portfolio."""
    service = "fact.service_id" if judged_by == "service" else "null::varchar"
    return f"""exists (
        select 1 from scorecard.coverage
        where coverage.metric_id = run.metric_id
            and coverage.entity_type = case when {service} is not null then 'service'
                when fact.team_id is not null then 'team' else 'portfolio' end
            and coverage.entity_id = coalesce({service}, fact.team_id, coverage.entity_id)
            and {anchor} >= coverage.covered_from
            and ({anchor} < coverage.covered_to or (coverage.covered_to is null and {anchor} <= run.as_of))
    )"""


def _scope(con: Connection, settings: Settings, counted: Counted, cell: Mapping[str, Any]) -> tuple[str, list[object]]:
    """SQL from `from` on: the facts of the cell's entity and period that the metric counts or excludes."""
    from pipelines.landing import run as landing_run

    zone = quoted(str((landing_run.read(settings) or {}).get("time_zone", "UTC")))
    length = {"week": "7 day", "month": "1 month", "quarter": "3 month"}[cell["period_type"]]
    column = _ENTITY_COLUMNS.get(cell["entity_type"])
    is_entity = f" and fact.{column} = ?" if column else ""
    starts = "run.starts_at"
    if counted.window:  # whole days up to the last one of the period, or to the clock's
        last = f"{local_day('least(run.ends_at - interval 1 microsecond, run.as_of)', zone)}"
        starts = f"timezone('UTC', timezone('{zone}', ({last} + 1 - {counted.window}::integer)::timestamp))"
    scope = f"""
        from {counted.fact} as fact
        cross join (select ?::timestamp as as_of, ? as metric_id,
            timezone('UTC', timezone('{zone}', ?::date::timestamp)) as starts_at,
            timezone('UTC', timezone('{zone}', ?::date + interval {length})) as ends_at) as run
        where {counted.scope} and {counted.anchor} >= {starts} and {counted.anchor} < run.ends_at{is_entity}
    """
    start = cell["period_start_on"]
    return scope, [cell["as_of"], cell["metric_id"], start, start, *([cell["entity_id"]] if column else [])]


def _source_rows(
    con: Connection, settings: Settings, release: Path, kind: str, facts: Sequence[tuple[Any, ...]]
) -> dict[tuple[str, str], list[SourceRow]]:
    """Landed rows of each (source, source_record_id): every version, found by the staging models' flagged rows."""
    wanted = {(fact[0], fact[1]) for fact in facts}
    batches = {one["batch_id"]: one for one in Manifest.read(release).inputs}
    found: dict[tuple[str, str], list[SourceRow]] = {key: [] for key in wanted}
    if not wanted:
        return found
    _attach_warehouse(con, settings)
    con.execute("create or replace temp table wanted (source varchar, source_record_id varchar)")
    con.executemany("insert into wanted values (?, ?)", sorted(map(list, wanted)))
    for model in _flagged_models(con, kind):
        for source, record, batch, file, number, fate in con.execute(f"""
            select source, source_record_id, batch_id, file, landed_row, fate
            from {WAREHOUSE}.staging.{model} semi join wanted using (source, source_record_id)
            order by source, source_record_id, recorded_at, landed_row
        """).fetchall():
            if batch in batches:
                values = _raw(con, settings, str(batches[batch]["feed"]), batch, number)
                found[(source, record)].append(SourceRow(source, file, number, fate, values))
    return found


def _attach_warehouse(con: Connection, settings: Settings) -> None:
    con.execute(f"attach if not exists '{quoted(str(settings.warehouse_path))}' as {WAREHOUSE} (read_only)")


def _flagged_models(con: Connection, kind: str) -> list[str]:
    found = con.execute(
        "select table_name from information_schema.tables where table_catalog = ? and table_schema = 'staging' "
        "and table_name like ? order by 1",
        [WAREHOUSE, f"stg%{kind}_flagged"],
    ).fetchall()
    return [name for (name,) in found if name.endswith(f"__{kind}_flagged")]


def _raw(con: Connection, settings: Settings, feed: str, batch: str, number: int) -> dict[str, str]:
    """The raw values of one landed row, without its empty ones."""
    path = quoted(str(settings.batches_dir / feed / batch / "rows.parquet"))
    rows = _dicts(con, f"select * from read_parquet('{path}') where _row = ?", [number])
    return {name: str(value) for row in rows for name, value in row.items() if value is not None and name[0] != "_"}


def _text(found: Explanation) -> Iterator[str]:
    cell, metric = found.cell, found.metric
    period = words.period_name(cell["period_type"], cell["period_start_on"])
    yield f"{metric['name']} of {cell['entity_name']} ({cell['entity_type']}), {period}"
    yield f"  value        {_value(cell)}"
    if found.change is not None:
        yield f"  change       {found.change.text}"
        if found.change.previous_value is not None:
            yield f"  before       {_before(found.change, cell['unit'])}"
    yield f"  status       {cell['status']}: {found.withheld or words.STATUS_REASONS.get(cell['status'], '')}"
    yield f"  numerator    {_number(cell['numerator'])}"
    yield f"  denominator  {_number(cell['denominator'])}"
    yield f"  n            {_number(cell['n'])}" + (f", censored {cell['censored']:,}" if cell["censored"] else "")
    yield f"  definition   {metric['definition']} (version {cell['metric_version']})"
    yield f"  release      {found.release_id}"
    yield "excluded" + ("" if found.exclusions else "       nothing")
    yield from (f"  {rows:>8,}  {reason}" for reason, rows in found.exclusions)
    if found.splits:
        yield "splits"
        yield from (f"  {s['dimension']} = {s['dimension_value']}: {_value(s)}" for s in found.splits)
    shown = len(found.records)
    yield f"records in scope: {found.total_records:,}" + (
        f", the first {shown} shown" if shown < found.total_records else ""
    )
    if found.note:
        yield f"  {found.note}"
    for record in found.records:
        mark = "  (in the numerator)" if record.is_hit else "" if record.is_covered else "  (not covered)"
        yield f"  {record.at}  {record.source}  {record.source_record_id}{mark}"
        for row in record.rows:
            values = ", ".join(f"{name}={value}" for name, value in row.values.items())
            yield f"      {row.file} row {row.row} ({row.fate}): {values}"


def _value(cell: Mapping[str, Any]) -> str:
    text = words.value_text(cell["value"], cell["low"], cell["unit"], cell["status"])
    if cell["status"] not in words.SHOWN:
        return text
    ends = words.interval(cell["low"], cell["high"], cell["unit"], cell["value"])
    parts = [text, words.unit_suffix(cell["unit"]), f"({words.interval_name(cell['unit'])} {ends})" if ends else ""]
    return " ".join(filter(None, parts))


def _before(change: Change, unit: str) -> str:
    was = words.quantity(change.previous_value or 0.0, unit)
    return " ".join(filter(None, [was, words.unit_suffix(unit), f"in {change.before}"]))


def _number(value: object) -> str:
    return "none" if value is None else words.number(float(str(value)))
