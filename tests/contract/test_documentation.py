"""What is published is documented: `dbt docs` and the files of a release tell the same columns, each with its unit."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from data_quality.fingerprint import PUBLISHED_SCHEMAS, RELEASE_COLUMN
from pipelines.errors import UserError
from pipelines.orchestration import dbt_docs, dbt_project
from pipelines.settings import Settings

NUMERIC = re.compile(r"bigint|hugeint|integer|smallint|double|float|decimal")
UNIT = re.compile(
    r"\((?:(?:count|ratio|months|days|hours|minutes|seconds|milliseconds|microseconds|millionths|rank|number|points"
    r"|as delivered)\b[^)]*|in (?P<column>\w+)|as in (?P<table>\w+))\)"
)
"""A unit stands in brackets in the description: itself, the column that says it, or the table that has the same."""
SUFFIXES = {
    "_months": "months", "_days": "days", "_hours": "hours", "_minutes": "minutes", "_seconds": "seconds",
    "_ms": "milliseconds", "_microseconds": "microseconds", "_millionths": "millionths", "_ratio": "ratio",
    "_share": "ratio",
}  # fmt: skip


class Column(NamedTuple):
    """Of a column: its type, and what is said of it."""

    data_type: str
    description: str


Columns = Mapping[str, Mapping[str, Column]]
"""By table, as `schema.table`, and name of the column."""


def complaints(built: Mapping[str, Mapping[str, str]], documented: Columns) -> list[str]:
    """What is wrong, a line each. `built`: table, column and type, as a release has them."""
    return [line for table, columns in built.items() for line in _of_table(table, columns, documented)]


def _of_table(table: str, columns: Mapping[str, str], documented: Columns) -> Iterator[str]:
    told = documented.get(table, {})
    if [name for name in columns if name in told] != [name for name in told if name in columns]:
        yield f"{table}: the order of columns is another in YAML"
    for name in told.keys() - columns.keys():
        yield f"{table}.{name}: in YAML, but not built"
    for name, data_type in columns.items():
        if name not in told:
            yield f"{table}.{name}: built, but not in YAML"
        elif not told[name].description.strip():
            yield f"{table}.{name}: without a description"
        elif NUMERIC.match(data_type.lower()):
            yield from _of_unit(table, name, told[name].description, columns, documented)


def _of_unit(table: str, name: str, description: str, columns: Mapping[str, str], documented: Columns) -> Iterator[str]:
    found = UNIT.search(description)
    if found is None:
        yield f"{table}.{name}: a number without a unit in brackets: {description}"
        return
    if found["column"] and found["column"] not in columns:
        yield f"{table}.{name}: its unit is said to be in {found['column']}, which is no column"
    if found["table"] and found["table"] not in {other.partition(".")[2] for other in documented}:
        yield f"{table}.{name}: its unit is said to be that of {found['table']}, which is no table"
    for suffix, unit in SUFFIXES.items():
        if name.endswith(suffix) and not found[0].startswith(f"({unit}"):
            yield f"{table}.{name}: the name says {unit}, the description {found[0]}"


@pytest.fixture(scope="module")
def built(released: Callable[..., Path]) -> dict[str, dict[str, str]]:
    """Of the example's release."""
    con = duckdb.connect(str(released("example") / "scorecard.duckdb"), read_only=True)
    found: dict[str, dict[str, str]] = {}
    for schema, table, column, data_type in con.execute(
        "select table_schema, table_name, column_name, data_type from information_schema.columns "
        "where column_name <> ? order by table_schema, table_name, ordinal_position",
        [RELEASE_COLUMN],
    ).fetchall():
        found.setdefault(f"{schema}.{table}", {})[column] = data_type
    return found


@pytest.fixture(scope="module")
def documented() -> dict[str, dict[str, Column]]:
    """Of every model: what dbt read from the YAML beside it."""
    manifest: dict[str, Any] = json.loads((dbt_project.prepare() / dbt_project.MANIFEST).read_text(encoding="utf-8"))
    return {
        f"{node['schema']}.{node['alias']}": {
            name: Column(column["data_type"] or "", column["description"])
            for name, column in node["columns"].items()
            if name != RELEASE_COLUMN
        }
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
    }


def test_every_published_column_is_documented_with_its_unit(
    built: dict[str, dict[str, str]], documented: dict[str, dict[str, Column]]
) -> None:
    assert {table.partition(".")[0] for table in built} == set(PUBLISHED_SCHEMAS)
    assert not complaints(built, documented)


def test_dbts_page_has_every_published_column(
    released: Callable[..., Path], built: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    """On a copy of the example's warehouse; `make dbt-docs` does it on the home's own."""
    settings = Settings(home=tmp_path / "home", threads=2)
    with pytest.raises(UserError, match="nothing was run in this home yet"):
        dbt_docs.write(settings)
    settings.home.mkdir()
    shutil.copyfile(Settings(home=released("example").parents[1]).warehouse_path, settings.warehouse_path)
    folder = dbt_docs.write(settings)
    nodes: dict[str, Any] = json.loads((folder / dbt_docs.CATALOG).read_text(encoding="utf-8"))["nodes"]
    found = {
        f"{node['metadata']['schema']}.{node['metadata']['name']}": list(node["columns"]) for node in nodes.values()
    }
    assert {table: found.get(table) for table in built} == {table: list(columns) for table, columns in built.items()}
    page = (folder / dbt_docs.PAGE).read_text(encoding="utf-8")
    assert "Clocks still running at the instant of the run (count); null where it is withheld." in page


BUILT = {"toil.fct": {"team_id": "VARCHAR", "unit": "VARCHAR", "late_minutes": "DOUBLE", "value": "DECIMAL(18,3)"}}
TOLD = {
    "team_id": Column("string", "Team."),
    "unit": Column("string", "Unit of value."),
    "late_minutes": Column("double", "How late (minutes); null when unknown."),
    "value": Column("double", "How much (in unit)."),
}


def test_what_is_documented_passes() -> None:
    assert complaints(BUILT, {"toil.fct": TOLD}) == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"team_id": None}, "toil.fct.team_id: built, but not in YAML"),
        ({"gone": Column("string", "Was here.")}, "toil.fct.gone: in YAML, but not built"),
        ({"team_id": Column("string", " ")}, "toil.fct.team_id: without a description"),
        ({"value": Column("double", "How much (of it).")}, "toil.fct.value: a number without a unit"),
        ({"value": Column("double", "How many counts.")}, "toil.fct.value: a number without a unit"),
        ({"value": Column("double", "How much (in units).")}, "toil.fct.value: its unit is said to be in units"),
        (
            {"value": Column("double", "How much (as in there).")},
            "toil.fct.value: its unit is said to be that of there",
        ),
        ({"late_minutes": Column("double", "How late (hours).")}, "the name says minutes, the description (hours)"),
        ({"team_id": None, "value": None}, "toil.fct.value: built, but not in YAML"),
    ],
)
def test_what_is_not_documented_is_named(changed: Mapping[str, Column | None], told: str) -> None:
    columns = {name: column for name, column in {**TOLD, **changed}.items() if column is not None}
    found = complaints(BUILT, {"toil.fct": columns})
    assert len(found) == len(changed) and any(told in line for line in found), found


def test_another_order_is_named() -> None:
    turned = dict(reversed(TOLD.items()))
    assert complaints(BUILT, {"toil.fct": turned}) == ["toil.fct: the order of columns is another in YAML"]


def test_a_table_without_yaml_is_named() -> None:
    assert len(complaints(BUILT, {})) == len(TOLD)
