"""What changed since the former release: frames for the drift suite.

Belongs here: comparing published rows with published rows. Does not belong here: what may change (suites/).
"""

import json
from pathlib import Path

import duckdb

from data_quality.connection import LANDED, quoted
from data_quality.disclosure_frames import attack_across_frame
from data_quality.frames import Frame, frame, from_rows

KEY = "entity_type, entity_id, metric_id, period_type, period_start_on, dimension, dimension_value"
_EXACT = ("n", "censored", "status")
_NUMBERS = ("numerator", "denominator", "value", "low", "high")
_SAME = 1e-9  # relative: another engine may give other last digits, and that is no change


def drift_frames(con: duckdb.DuckDBPyConnection, former: Path, as_of_asked: bool) -> dict[str, Frame]:
    """Frames by name: drift_closed, drift_entities, drift_as_of, attack_across.

    former: folder of the former release. as_of_asked: the user named the instant, so it may lie in the past.
    """
    manifest = json.loads((former / "manifest.json").read_text(encoding="utf-8"))
    table = f"read_parquet('{quoted(str(former / 'tables' / 'scorecard.metric_values.parquet'))}')"
    return {
        "drift_closed": _closed(con, table, same_inputs(con, manifest)),
        "drift_entities": _entities(con, table),
        "drift_as_of": _as_of(con, str(manifest["as_of"]), as_of_asked),
        "attack_across": attack_across_frame(con, former),
    }


def same_inputs(con: duckdb.DuckDBPyConnection, manifest: dict[str, object]) -> bool:
    """True when the former release was made of the very same batches, as of the same instant."""
    found = con.execute(f"select batch_id from {LANDED}.ledger").fetchall()
    inputs = manifest.get("inputs")
    former = {str(one["batch_id"]) for one in inputs} if isinstance(inputs, list) else set()
    as_of = con.execute(f"select strftime(as_of, '%Y-%m-%dT%H:%M:%S.%fZ') from {LANDED}.run").fetchone()
    return former == {str(batch) for (batch,) in found} and as_of == (manifest.get("as_of"),)


def _closed(con: duckdb.DuckDBPyConnection, table: str, is_same: bool) -> Frame:
    """One row per metric: closed cells in both releases, and how many of them differ."""
    changed = differs()
    matches = " and ".join(f"old.{column} is not distinct from new.{column}" for column in KEY.split(", "))
    sql = f"""
        select new.metric_id, count(*) as compared, count(*) filter (where {changed}) as changed,
            cast({"count(*) filter (where " + changed + ")" if is_same else "0"} as bigint) as changed_silently,
            min(concat_ws(' ', new.entity_type, new.entity_id, new.period_type, new.period_start_on,
                new.dimension_value, 'value', coalesce(cast(old.value as varchar), 'none'), '->',
                coalesce(cast(new.value as varchar), 'none'),
                'status', old.status, '->', new.status)) filter (where {changed}) as example
        from scorecard.metric_values as new
        inner join {table} as old on {matches} and old.metric_version is not distinct from new.metric_version
        where new.is_closed and old.is_closed
        group by new.metric_id order by new.metric_id
    """
    return frame(con, sql, ("metric_id", "example"))


def differs() -> str:
    """SQL: whether the cells `old` and `new` of one key say different things."""
    exact = [f"old.{column} is distinct from new.{column}" for column in _EXACT]
    near = [
        f"coalesce(abs(old.{column} - new.{column}) > {_SAME} * greatest(abs(old.{column}), abs(new.{column})), "
        f"old.{column} is distinct from new.{column})"
        for column in _NUMBERS
    ]
    return " or ".join(exact + near)


def _entities(con: duckdb.DuckDBPyConnection, table: str) -> Frame:
    sql = f"""
        with old as (select entity_type, count(distinct entity_id) as size from {table} group by 1),
        new as (select entity_type, count(distinct entity_id) as size from scorecard.metric_values group by 1)
        select old.entity_type, old.size as former_entities, coalesce(new.size, 0) as entities,
            old.size / 2.0::double as half_of_former
        from old left join new using (entity_type) order by 1
    """
    return frame(con, sql, ("entity_type",))


def _as_of(con: duckdb.DuckDBPyConnection, former: str, asked: bool) -> Frame:
    (now,) = con.execute(f"select strftime(as_of, '%Y-%m-%dT%H:%M:%S.%fZ') from {LANDED}.run").fetchone() or ("",)
    columns = ("former_as_of", "as_of", "goes_back")
    return from_rows(columns, [(former, now, int(now < former and not asked))], ("former_as_of", "as_of"))
