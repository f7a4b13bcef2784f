"""Tables as texts: ids, words, names and instants as a log has them.

Belongs here: one column's form to Arrow and to JSON. Does not belong here: files (writers.py), rows (versions.py).
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.settings import Settings
from pipelines.simulate import automations, incidents, names
from pipelines.simulate.alerts import AUTOMATABLE
from pipelines.simulate.kinds import Column, Kind
from pipelines.simulate.settings import SIGNALS
from pipelines.simulate.structure import Structure
from pipelines.simulate.table import NONE, Array, Table
from pipelines.simulate.versions import VALUE_WORDS
from pipelines.simulate.words import VOCABULARIES

Names = dict[str, list[str]]
DIGITS = 7
TROUBLES = ("timeout", "saturation", "bad_config", "memory", "dependency", "disk", "certificate", "data")
EXCLUSION_REASONS = ("agreed maintenance", "migration window")
REVIEW_REASONS = ("the records bear it out", "an innocent explanation was found")


def name_lists(structure: Structure) -> Names:
    """What the positions in name columns stand for. Services come twice: their ids, then their other names."""
    services, teams = structure.service_ids, structure.team_ids
    return {
        "service": [*services, *(alias(service) for service in services)],
        "team": teams,
        "area": structure.area_ids,
        "market": structure.market_ids,
        "market_zone": [zone for _, zone in names.MARKETS],
        "alert_class": list(names.ALERT_CLASSES),
        "automation": [automations.recipe_name(each, teams) for each in range(len(teams) * AUTOMATABLE)],
        "fingerprint": [
            f"{service}:{TROUBLES[place]}" for service in services for place in range(incidents.FINGERPRINTS)
        ],
        "signal": list(SIGNALS),
        "exclusion_reason": list(EXCLUSION_REASONS),
        "review_reason": list(REVIEW_REASONS),
    }


def alias(service: str) -> str:
    """The other name of a service, as services.csv states it."""
    return service.replace("-", "_")


def id_text(prefix: str, number: int) -> str:
    """The id of a record."""
    return f"{prefix}{number:0{DIGITS}d}"


def instant_text(instant: int) -> str:
    """ISO 8601, UTC."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def arrow(table: Table, columns: tuple[Column, ...], lists: Names) -> pa.Table:
    """The log's columns with their types; ids stay numbers (SQL writes their prefix), unknown is null."""
    return pa.table({column.name: _typed(column, table[column.holds], lists) for column in columns})


def _typed(column: Column, values: Array, lists: Names) -> pa.Array:
    if column.form == "number":
        return pa.array(values, type=pa.float64(), mask=np.isnan(values))
    absent = values == NONE
    if column.form == "flag":
        return pa.array(values == 1, mask=absent)
    if column.form == "word" or (column.form == "name" and column.of != "value"):
        texts = list(VOCABULARIES[column.of]) if column.form == "word" else lists[column.of]
        codes = pa.array(values.astype(np.int32), mask=absent)
        return pa.DictionaryArray.from_arrays(codes, pa.array(texts, type=pa.string()))
    integers = pa.array(values.astype(np.int64), mask=absent)
    return integers.cast(pa.timestamp("s")) if column.form == "instant" else integers


def sql_text(column: Column) -> str:
    """SQL of a column's value as the log writes it: its text, a number or a flag."""
    name = f'"{column.name}"'
    if column.form == "id":
        return f"'{column.of}' || format('{{:0{DIGITS}d}}', {name})"
    if column.form == "instant":
        return f"strftime({name}, '%Y-%m-%dT%H:%M:%SZ')"
    if column.form == "date":
        first = date(1970, 1, 1).toordinal()
        return f"strftime(date '1970-01-01' + cast({name} - {first} as integer), '%Y-%m-%d')"
    if column.of == "value" and column.form == "name":
        words = " ".join(f"when {name} = {place} then '{word}'" for place, word in enumerate(VALUE_WORDS))
        instant = f"strftime(make_timestamp(({name} - {len(VALUE_WORDS)}) * 1000000), '%Y-%m-%dT%H:%M:%SZ')"
        return f"case {words} else {instant} end"
    if column.form in ("word", "name"):
        return f"cast({name} as varchar)"
    return name


def sql_line(kind: Kind) -> str:
    """SQL of a record as a line of JSON, with its line end. Unknown is null."""
    fields = []
    for place, column in enumerate(kind.every):
        value = sql_text(column)
        shown = f"'\"' || {value} || '\"'" if is_quoted(column) else f"cast({value} as varchar)"
        opening = ("{" if place == 0 else ", ") + f'"{column.name}": '
        fields.append(f"'{opening}', coalesce({shown}, 'null')")
    return f"concat({', '.join(fields)}, '}}', chr(10))"


def is_quoted(column: Column) -> bool:
    """Whether JSON has it as a string."""
    return column.form not in ("number", "count", "flag")


def connect() -> duckdb.DuckDBPyConnection:
    """A connection that only formats; rows keep their order, whatever the threads."""
    con = duckdb.connect(":memory:")
    con.execute(f"set threads = {Settings.of().threads}")
    con.execute("set TimeZone = 'UTC'")
    con.execute("set preserve_insertion_order = true")
    return con
