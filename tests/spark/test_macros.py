"""Every macro of macros/portable, by value, on both engines; and that none of them lacks a case."""

from __future__ import annotations

import re

import pytest

from tests.spark import cases_dates, cases_instants, cases_texts
from tests.spark.cases import Cases
from tests.spark.engines import DuckDb, Engine
from tests.unit.macros import MACROS

ALL = [*cases_dates.cases(), *cases_instants.cases(), *cases_texts.cases()]
HELPER_PREFIX = "spark_"  # used by Spark's variants alone


def _macros() -> dict[str, str]:
    """Name and text of every macro in macros/portable."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted((MACROS / "portable").glob("*.sql")))
    parts = re.split(r"{%-?\s*macro\s+", text)[1:]
    return {re.match(r"\w+", part).group(): part for part in parts}  # type: ignore[union-attr]


def _public() -> dict[str, str]:
    return {name: text for name, text in _macros().items() if not name.startswith(("duckdb__", HELPER_PREFIX))}


def _assert_as_stated(engine: Engine, cases: Cases) -> None:
    answer = engine.answer(dict(cases.columns), cases.inputs, cases.sql())
    wrong = {
        tuple(cases.inputs[number]): (answer.values.get(number), expected)
        for number in range(len(cases.rows))
        if repr(answer.values.get(number)) != repr(expected := cases.expected.get(number))
    }
    assert wrong == {}, "value and expected value, by inputs"
    assert answer.type == cases.type


every_table = pytest.mark.parametrize("cases", ALL, ids=[f"{index}-{cases.macro}" for index, cases in enumerate(ALL)])


@every_table
def test_a_macro_means_what_is_stated_on_duckdb(cases: Cases) -> None:
    _assert_as_stated(DuckDb(), cases)


@pytest.mark.spark
@every_table
def test_a_macro_means_what_is_stated_on_spark(cases: Cases, engines: list[Engine]) -> None:
    (engine,) = (engine for engine in engines if engine.name == "spark")
    _assert_as_stated(engine, cases)


def test_every_portable_macro_has_a_case() -> None:
    assert {cases.macro for cases in ALL} == set(_public())


def test_every_table_of_cases_states_a_value() -> None:
    assert [cases.macro for cases in ALL if not any(row[-1] is not None for row in cases.rows)] == []


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_every_dispatched_macro_has_a_variant_of_each_engine(engine: str) -> None:
    dispatched = {name for name, text in _public().items() if "adapter.dispatch" in text}
    assert "parse_instant" in dispatched
    assert {f"{engine}__{name}" for name in dispatched} <= set(_macros())
