"""What replaces dbt-spark's own macros: the look at nulls after a build, and the rows of a seed as literals."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import duckdb
import jinja2
import pytest

from tests.unit.macros import MACROS


class ContractBroken(Exception):
    """What dbt's raise_compiler_error raises here."""


def _refuse(message: str) -> None:
    raise ContractBroken(message)


def _module(con: duckdb.DuckDBPyConnection, is_enforced: bool = True) -> Any:
    """The macros of contracts.sql and seeds.sql, their queries run by a real engine."""
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)
    environment.globals |= {
        "config": SimpleNamespace(get=lambda _: SimpleNamespace(enforced=is_enforced)),
        "exceptions": SimpleNamespace(raise_compiler_error=_refuse),
        "run_query": lambda sql: SimpleNamespace(rows=con.execute(sql).fetchall()),
        "adapter": SimpleNamespace(add_query=lambda sql, **_: con.execute(sql)),
        "this": SimpleNamespace(render=lambda: "built"),
        "get_batch_size": lambda: 2,
        "return": lambda value: value,
    }
    text = "".join((MACROS / "portable" / name).read_text() for name in ("contracts.sql", "seeds.sql"))
    return environment.from_string(text).module


def _column(name: str, *constraints: str) -> SimpleNamespace:
    return SimpleNamespace(name=name, constraints=[{"type": kind} for kind in constraints])


MODEL = SimpleNamespace(
    columns={"id": _column("id", "not_null"), "note": _column("note"), "on": _column("n", "not_null")}
)


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("create table built (id bigint, note string, n bigint)")
    return con


def test_a_table_that_keeps_its_contract_passes(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("insert into built values (1, null, 1), (2, 'x', 2)")
    _module(con).spark__persist_constraints("built", MODEL)


def test_a_null_that_the_contract_forbids_is_named_with_its_column(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("insert into built values (1, null, 1), (2, 'x', null), (3, 'y', null)")
    with pytest.raises(ContractBroken, match="built: 2 rows have no n, which the contract asks for"):
        _module(con).spark__persist_constraints("built", MODEL)


def test_without_a_contract_nothing_is_asked(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("insert into built values (null, null, null)")
    _module(con, is_enforced=False).spark__persist_constraints("built", MODEL)


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        (None, "null"),
        ("team's", r"'team\'s'"),
        (r"a\b", r"'a\\b'"),
        ("0.0253178", "'0.0253178'"),
    ],
)
def test_a_literal_is_one_that_spark_reads_back(
    con: duckdb.DuckDBPyConnection, value: str | None, literal: str
) -> None:
    assert str(_module(con).spark_literal(value)).strip() == literal


def test_every_row_of_a_seed_is_inserted_as_its_type(con: duckdb.DuckDBPyConnection) -> None:
    table = SimpleNamespace(column_names=["id", "note", "n"], rows=[(1, "a", None), (2, None, 5), (3, "c", 7)])
    types = {"id": "bigint", "note": "string", "n": "bigint"}
    _module(con).spark__load_csv_rows({"config": {"column_types": types}}, table)
    assert con.execute("from built order by id").fetchall() == table.rows
