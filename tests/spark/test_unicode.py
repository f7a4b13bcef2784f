"""Trimming and small letters of every character of Unicode, in DuckDB and Spark."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.unit.macros import Macros, connection

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark

CHARACTERS = [chr(point) for point in range(1, 0x110000) if not 0xD800 <= point < 0xE000]
WORDS = ["İSTANBUL", "ΟΔΟΣ ΣΑΣ", "ÄÖÜẞ", "\u00a0 Team\u3000A \u2009", "\tx\n", "", " "]
SMALL = ["istanbul", "οδοσ σασ", "äöüß", "\u00a0 team\u3000a \u2009", "\tx\n", "", " "]
BARE = ["İSTANBUL", "ΟΔΟΣ ΣΑΣ", "ÄÖÜẞ", "Team\u3000A", "\tx\n", "", ""]


@pytest.fixture(scope="module")
def both(spark_session: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> list[list[tuple[str, str, str]]]:
    """(trimmed, trimmed between two of itself, in small letters) of every character and word: DuckDB's, Spark's."""
    folder: Path = tmp_path_factory.mktemp("unicode")
    given, answered = folder / "given.parquet", folder / "answered"
    texts = CHARACTERS + WORDS
    pq.write_table(pa.table({"n": range(len(texts)), "x": texts}), given)
    spark_session.sql(f"{_query(Macros('spark'))} from parquet.`{given}`").write.parquet(str(answered))
    con = connection()
    asked = (f"{_query(Macros('duckdb'))} from '{given}'", f"from '{answered}/*.parquet'")
    return [con.execute(f"select bare, around, small from ({sql}) order by n").fetchall() for sql in asked]


def _query(macros: Macros) -> str:
    around = macros("trimmed", "x || 'x' || x")
    return f"select n, {macros('trimmed', 'x')} as bare, {around} as around, {macros('lowered', 'x')} as small"


def test_what_is_trimmed_is_a_separator_of_unicode_on_both_engines(both: list[list[tuple[str, str, str]]]) -> None:
    expected = [("", "x") if unicodedata.category(c) == "Zs" else (c, f"{c}x{c}") for c in CHARACTERS]
    for rows in both:
        assert [row[:2] for row in rows[: len(CHARACTERS)]] == expected
        assert [row[0] for row in rows[len(CHARACTERS) :]] == BARE


def test_small_letters_are_the_same_on_both_engines(both: list[list[tuple[str, str, str]]]) -> None:
    small = [[row[2] for row in rows] for rows in both]
    assert [letters[len(CHARACTERS) :] for letters in small] == [SMALL, SMALL]
    differing = [(c, duckdb) for c, duckdb, spark in zip(CHARACTERS, *small, strict=False) if duckdb != spark]
    assert [c for c, duckdb in differing if duckdb != c] == []  # letters that DuckDB does not know yet
    assert len(differing) < 100
