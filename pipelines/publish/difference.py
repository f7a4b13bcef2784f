"""What differs between two releases, and why: what they are made of, then what they say.

Belongs here: comparing what was published. Does not belong here: the history of releases (releases.py), what may
change between one release and the next (data_quality).
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from data_quality.connection import quoted
from data_quality.drift_frames import KEY, differs
from pipelines.publish.manifest import TABLES, Manifest
from pipelines.publish.words import period_name, split_name, unit_suffix, value_text
from pipelines.settings import Settings

CELLS = "scorecard.metric_values"
CHANGES = "scorecard.changes"
SHOWN = 3
"""Changed cells of a metric that are written out, those of the whole portfolio and of the newest quarter first."""
_FOREMOST = """dimension is not null,
    case entity_type when 'portfolio' then 1 when 'area' then 2 when 'team' then 3 else 4 end,
    case period_type when 'quarter' then 1 when 'month' then 2 else 3 end, period_start_on desc,
    entity_id, dimension, dimension_value"""


def describe(settings: Settings, first: Path, second: Path) -> str:
    """The two releases (folders) compared, as text for a reader. They are taken as they are: `verify` checks hashes."""
    old, new = Manifest.read(first), Manifest.read(second)
    lines = [f"from        {old.release_id}  as of {old.as_of}", f"to          {new.release_id}  as of {new.as_of}"]
    made = list(_made_of(old, new))
    lines += _section("made of", made, "the same inputs, instant, engine, versions")
    lines += _section("tables", list(_tables(old, new)), "the same tables with the same rows")
    with duckdb.connect(":memory:", config={"memory_limit": settings.memory()}) as con:
        verdicts = list(_verdicts(con, first, second))
        lines += _section("verdicts", verdicts, "the same cells are better, worse or unclear in both")
        lines += _section("metrics", list(_metrics(con, first, second)), "every cell says the same")
    return "\n".join(lines)


def _section(title: str, found: list[str], otherwise: str) -> list[str]:
    return [f"{title if not place else '':<11} {line}" for place, line in enumerate(found or [otherwise])]


def _made_of(old: Manifest, new: Manifest) -> Iterator[str]:
    """Everything that can be the cause of another number."""
    if old.organisation != new.organisation:
        yield f"another organisation: {old.organisation} -> {new.organisation}"
    if old.as_of != new.as_of:
        yield f"another instant: {old.as_of} -> {new.as_of}"
    yield from _inputs(old, new)
    for name in ("name", "version"):
        if old.engine.get(name) != new.engine.get(name):
            yield f"engine {name}: {old.engine.get(name)} -> {new.engine.get(name)}"
    for name in ("package", "python", "policy"):
        if old.versions.get(name) != new.versions.get(name):
            yield f"{name}: {old.versions.get(name)} -> {new.versions.get(name)}"
    yield from _versions(old.versions.get("metrics", {}), new.versions.get("metrics", {}))


def _inputs(old: Manifest, new: Manifest) -> Iterator[str]:
    batches = [{one["batch_id"]: one for one in manifest.inputs} for manifest in (old, new)]
    for word, here, there in (("only the first has", 0, 1), ("only the second has", 1, 0)):
        for key in sorted(batches[here].keys() - batches[there].keys(), key=lambda each: _batch(batches[here][each])):
            yield f"{word} batch {_batch(batches[here][key])}"


def _batch(info: Mapping[str, Any]) -> str:
    rows = "1 row" if info["rows"] == 1 else f"{info['rows']:,} rows"
    return f"{info['source']}, {rows} of {info['file']} ({info['batch_id']})"


def _versions(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for metric in sorted(old.keys() | new.keys()):
        if metric not in old:
            yield f"metric {metric} is new"
        elif metric not in new:
            yield f"metric {metric} is gone"
        elif old[metric] != new[metric]:
            yield f"metric {metric} has another definition: version {old[metric]} -> {new[metric]}"


def _tables(old: Manifest, new: Manifest) -> Iterator[str]:
    found = [{table.name: table for table in manifest.tables} for manifest in (old, new)]
    for name in sorted(found[0].keys() | found[1].keys()):
        first, second = found[0].get(name), found[1].get(name)
        if first is None and second is not None:
            yield f"{name}: is new, {second.rows:,} rows"
        elif second is None and first is not None:
            yield f"{name}: is gone, had {first.rows:,} rows"
        elif first is not None and second is not None and first.content != second.content:
            rows = f"{first.rows:,} rows" if first.rows == second.rows else f"{first.rows:,} -> {second.rows:,} rows"
            yield f"{name}: other rows, {rows}"


def _verdicts(con: duckdb.DuckDBPyConnection, first: Path, second: Path) -> Iterator[str]:
    """A line per metric of whose cells in both releases some have another verdict, the foremost of them named."""
    files = [folder / TABLES / f"{CHANGES}.parquet" for folder in (first, second)]
    if not all(file.exists() for file in files):
        yield "not compared: a release of an older version has none"
        return
    old, new = (f"read_parquet('{quoted(str(file))}')" for file in files)
    matches = " and ".join(f"old.{column} is not distinct from new.{column}" for column in KEY.split(", "))
    found = con.execute(f"""
        with other as (
            select new.*, coalesce(old.verdict, 'none') || ' -> ' || coalesce(new.verdict, 'none') as said
            from {old} as old inner join {new} as new on {matches} where old.verdict is distinct from new.verdict
        ),
        foremost as (
            select * from other qualify row_number() over (partition by metric_id order by {_FOREMOST}) = 1
        ),
        counted as (select metric_id, said, count(*) as cells from other group by all)
        select metric_id, sum(cells)::bigint,
            string_agg(counted.said || ' ' || cells, ', ' order by cells desc, counted.said),
            any_value(foremost)
        from counted inner join foremost using (metric_id) group by metric_id order by metric_id
    """).fetchall()
    for metric_id, cells, counts, one in found:
        period = period_name(one["period_type"], one["period_start_on"])
        split = f", {split_name(one['dimension'], one['dimension_value'])}" if one["dimension"] else ""
        which = f"{one['entity_type']} {one['entity_name']}, {period}{split}: {one['said']}"
        yield f"{metric_id}: {cells:,} other ({counts}), such as {which}"


def _metrics(con: duckdb.DuckDBPyConnection, first: Path, second: Path) -> Iterator[str]:
    """A line per metric of which a cell differs, and its foremost changes below it."""
    old, new = (f"read_parquet('{quoted(str(folder / TABLES / CELLS))}.parquet')" for folder in (first, second))
    matches = " and ".join(f"old.{column} is not distinct from new.{column}" for column in KEY.split(", "))
    key = ", ".join(f"coalesce(new.{column}, old.{column}) as {column}" for column in KEY.split(", "))
    con.execute(f"""
        create temp table compared as
        select {key}, coalesce(new.entity_name, old.entity_name) as entity_name, coalesce(new.unit, old.unit) as unit,
            coalesce(new.is_closed and old.is_closed, false) as is_closed,
            case when old.metric_id is null then 'appeared' when new.metric_id is null then 'vanished'
                when {differs()} then 'changed' else 'same' end as what,
            old.value as old_value, old.low as old_low, old.status as old_status,
            new.value as new_value, new.low as new_low, new.status as new_status
        from {old} as old full outer join {new} as new on {matches}
    """)
    counts = con.execute("""
        select metric_id, count(*) filter (where what = 'changed'),
            count(*) filter (where what = 'changed' and is_closed),
            count(*) filter (where what = 'appeared'), count(*) filter (where what = 'vanished'), count(*)
        from compared group by metric_id having count(*) filter (where what <> 'same') > 0 order by metric_id
    """).fetchall()
    for metric_id, changed, closed, appeared, vanished, cells in counts:
        said = [(changed, f"changed ({closed:,} in closed periods)"), (appeared, "appeared"), (vanished, "vanished")]
        yield f"{metric_id}: of {cells:,} cells " + ", ".join(f"{count:,} {word}" for count, word in said if count)
        yield from _examples(con, metric_id)


def _examples(con: duckdb.DuckDBPyConnection, metric_id: str) -> Iterator[str]:
    found = con.execute(
        f"""
        select entity_type, entity_name, period_type, period_start_on, dimension, dimension_value, unit,
            old_value, old_low, old_status, new_value, new_low, new_status
        from compared where what = 'changed' and metric_id = ?
        order by {_FOREMOST}
        limit {SHOWN}
        """,
        [metric_id],
    ).fetchall()
    for kind, name, period, start, dimension, of, unit, *sides in found:
        before, after = _said(unit, *sides[:3]), _said(unit, *sides[3:])
        split = f", {split_name(dimension, of)}" if dimension else ""
        said = f"{before} -> {after}" if before != after else f"{after}, from other parts or with other limits"
        yield f"  {kind} {name}, {period_name(period, start)}{split}: {said}"


def _said(unit: str, value: float | None, low: float | None, status: str) -> str:
    """A side in words."""
    return f"{value_text(value, low, unit, status)} {unit_suffix(unit) if value is not None else ''}".strip()
