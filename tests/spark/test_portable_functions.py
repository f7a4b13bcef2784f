"""What models may use means the same in DuckDB and Spark: hand-written answers of both, types included.

A function of tests/lint/portable_set.py has its cases here. What is known to differ is here too, so that nobody
has to find it out twice: when engines come to agree on it, its test fails and it can be allowed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.lint.portable import called, tokens
from tests.lint.portable_set import FUNCTIONS
from tests.unit.macros import Macros, connection

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MACRO = Macros()
NAN, INFINITY = float("nan"), float("inf")
SPARK_NAMES = {"integer": "int", "varchar": "string", "timestamp": "timestamp_ntz"}
LAST_BITS = 1e-15
ERROR = "raises"


class Answer(NamedTuple):
    """A value and its type, as Spark names it."""

    value: Any
    type: str


def of(aggregate: str, *rows: str) -> str:
    """SQL of an aggregate over rows of one column x."""
    return f"(select {aggregate} from (values ({'), ('.join(rows)})) as t (x))"


def windows(window: str, *rows: str) -> str:
    """SQL of a window's values over rows of one column x, row by row as one text, `-` for null; k numbers the rows."""
    values = ", ".join(f"({number}, {row})" for number, row in enumerate(rows))
    picked = (f"coalesce(cast(max(case when k = {n} then w end) as string), '-')" for n in range(len(rows)))
    windowed = f"(select k, {window} as w from (values {values}) as t (k, x)) as s"
    return f"(select concat_ws(' ', {', '.join(picked)}) from {windowed})"


def joined(value: str, operator: str) -> str:
    """SQL of how many rows a value and itself give when joined."""
    side = f"(select {value} as x)"
    return f"(select count(*) from {side} as a inner join {side} as b on a.x {operator} b.x)"


def big(number: int) -> str:
    return f"cast({number} as bigint)"


NULL, NOT_A_NUMBER = "cast(null as string)", "cast('nan' as double)"
DAY, INSTANT = "cast('2024-12-30' as date)", "cast('2024-12-30 23:59:59.5' as timestamp)"

CASES: dict[str, Any] = {
    # Numbers
    "abs(-3)": 3,
    "abs(cast(null as bigint))": None,
    "abs(-0e0)": 0.0,
    f"abs({NOT_A_NUMBER})": NAN,
    "exp(0e0)": 1.0,
    "exp(1e0)": math.e,
    "exp(-7.25e0)": math.exp(-7.25),
    "exp(710e0)": INFINITY,
    "exp(-800e0)": 0.0,
    "exp(cast(null as double))": None,
    "power(2e0, 3)": 8.0,
    "power(1.1e0, 3)": 1.1**3,
    "power(-8e0, 3)": -512.0,
    "power(-8e0, 1e0 / 3e0)": NAN,
    "power(0e0, 0)": 1.0,
    "power(0e0, -1)": INFINITY,
    "power(2, 3)": 8.0,
    "power(cast(null as double), 3)": None,
    "sqrt(2e0)": math.sqrt(2),
    "sqrt(0e0)": 0.0,
    "sqrt(-1e0)": NAN,
    "sqrt(cast(null as double))": None,
    f"sqrt({NOT_A_NUMBER})": NAN,
    "greatest(1, null, 3)": 3,
    "greatest(cast(null as bigint), cast(null as bigint))": None,
    f"greatest({NOT_A_NUMBER}, 1e0)": NAN,
    "greatest('b', 'B', 'é')": "é",
    "greatest(1, 2e0)": 2.0,
    "least(1, null, 3)": 1,
    f"least({NOT_A_NUMBER}, 1e0)": 1.0,
    "least('b', 'B', 'é')": "B",
    f"least({INSTANT}, cast(null as timestamp))": datetime.fromisoformat("2024-12-30 23:59:59.5"),
    "coalesce(null, 1)": 1,
    "coalesce(cast(null as string), 'a')": "a",
    "coalesce(cast(null as string), null)": None,
    "coalesce(1, 2e0)": 1.0,
    "nullif(1, 1)": None,
    "nullif(1, null)": 1,
    "nullif(cast(null as bigint), 1)": None,
    "nullif(0e0, -0e0)": None,
    "nullif(1, 1e0)": None,
    "7 / 2": 3.5,
    f"{big(7)} / {big(2)}": 3.5,
    "cast('1.5' as decimal(18, 2)) / 3e0": 0.5,
    "-7 % 3": -1,
    "7 % -3": 1,
    "1 + cast(null as bigint)": None,
    f"{big(24)} * 60000000": 1440000000,
    "1e300 * 1e300": INFINITY,
    "3.6e9": 3600000000.0,
    "5 | 3": 7,
    # Comparisons: NaN is itself and above all, texts go by their bytes
    f"{NOT_A_NUMBER} = {NOT_A_NUMBER}": True,
    f"{NOT_A_NUMBER} > 1e300": True,
    "0e0 = -0e0": True,
    "1 = 1e0": True,
    "true > false": True,
    "'B' < 'a'": True,
    "'é' > 'z'": True,
    "'a' < 'a '": True,
    "'～' < '😀'": True,  # not by UTF-16
    "'' is null": False,
    "cast('2024-01-01' as date) < cast('2024-01-01 00:00:01' as timestamp)": True,
    "null is not distinct from null": True,
    "1 is not distinct from null": False,
    "1 is distinct from null": True,
    f"{NOT_A_NUMBER} is not distinct from {NOT_A_NUMBER}": True,
    "1 in (1, null)": True,
    "2 in (1, null)": None,
    "2 not in (1, null)": None,
    "5 between 1 and 5": True,
    "5 between null and 3": False,
    "5 between 1 and null": None,
    "cast(null as boolean) and false": False,
    "cast(null as boolean) or true": True,
    "not cast(null as boolean)": None,
    "cast(null as boolean) is not true": True,
    "true or cast(null as boolean) and false": True,
    "not 1 = 2": True,
    "case when cast(null as boolean) then 1 else 2 end": 2,
    "case cast(null as string) when null then 1 else 2 end": 2,
    "case when true then 1 else 2e0 end": 1.0,
    "case 'x' when 'y' then 1 end": None,
    "'abc' like 'a%'": True,
    "'abc' like 'A%'": False,
    "'é' like '_'": True,
    "'😀' like '_'": True,
    "('a' || chr(10) || 'b') like 'a%b'": True,
    f"'abc' like {NULL}": None,
    # Texts
    "chr(31)": "\x1f",
    "chr(127)": "\x7f",
    "chr(1)": "\x01",
    "chr(cast(null as integer))": None,
    f"'a' || {NULL}": None,
    "'a' || 'é'": "aé",
    "md5('')": "d41d8cd98f00b204e9800998ecf8427e",
    "md5('größer')": "3b1f5bccdd98086ae8f1852fd2aabe54",
    f"md5({NULL})": None,
    "concat_ws(':', 'a', null, 'b')": "a:b",
    "concat_ws(':', '', 'b')": ":b",
    f"concat_ws(':', {NULL}, {NULL})": "",
    f"concat_ws({NULL}, 'a', 'b')": None,
    "concat_ws(chr(30), 'a', 'b')": "a\x1eb",
    "replace('aXbX', 'X', '')": "ab",
    "replace('aaa', 'aa', 'b')": "ba",
    "replace('abc', '', 'x')": "abc",
    "replace('a.c', '.', '[bot]')": "a[bot]c",
    f"replace('abc', 'b', {NULL})": None,
    f"replace({NULL}, 'b', 'c')": None,
    "split_part('a:b:c', ':', 2)": "b",
    "split_part('a:b:c', ':', 9)": "",
    "split_part('a:b:c', ':', -1)": "c",
    "split_part('a::c', ':', 2)": "",
    "split_part('abc', ':', 1)": "abc",
    "split_part('', ':', 1)": "",
    "split_part('a.b.c', '.', 2)": "b",
    "split_part('a|b|c', '|', 2)": "b",
    "split_part('a||b||c', '||', 2)": "b",
    "split_part('a[b', '[', 2)": "b",
    "split_part('a$b', '$', 2)": "b",
    "split_part('a' || chr(31) || 'b', chr(31), 2)": "b",
    f"split_part({NULL}, ':', 1)": None,
    f"split_part('a:b', {NULL}, 1)": None,
    "substr('hello', 1, 1)": "h",
    "substr('hello', 2)": "ello",
    "substr('hello', 2, 10)": "ello",
    "substr('hello', 2, 0)": "",
    "substr('hello', 9, 1)": "",
    "substr('hello', -2, 1)": "l",
    "substr('é😀x', 2, 1)": "😀",
    f"substr({NULL}, 1, 1)": None,
    # Dates
    f"cast(extract(year from {DAY}) as bigint)": 2024,
    f"cast(extract(year from {INSTANT}) as bigint)": 2024,
    "cast(extract(year from cast(null as date)) as bigint)": None,
    f"cast(extract(week from {DAY}) as bigint)": 1,
    "cast(extract(week from cast('2021-01-03' as date)) as bigint)": 53,
    f"{DAY} + 1": date(2024, 12, 31),
    f"{DAY} - 30": date(2024, 11, 30),
    f"cast({INSTANT} as date)": date(2024, 12, 30),
    f"cast({DAY} as timestamp)": datetime.fromisoformat("2024-12-30"),
    f"cast({INSTANT} as string)": "2024-12-30 23:59:59.5",
    MACRO("dates_plus_months", "cast('2024-10-01' as date)", 3): date(2025, 1, 1),
    MACRO("dates_plus_months", "cast('2024-01-31' as date)", 1): date(2024, 2, 29),
    MACRO("dates_plus_months", "cast('2024-02-29' as date)", 1): date(2024, 3, 29),
    MACRO("dates_plus_months", "cast(null as date)", 1): None,
    MACRO("dates_minus_months", "cast('2025-01-01' as date)", 3): date(2024, 10, 1),
    MACRO("dates_minus_months", "cast('2024-03-31' as date)", 1): date(2024, 2, 29),
    MACRO("dates_minus_months", "cast('2024-03-01' as date)", 0): date(2024, 3, 1),
    MACRO("dates_minus_months", "cast(null as date)", 1): None,
    MACRO("dates_just_before", DAY.replace("as date", "as timestamp")): datetime.fromisoformat(
        "2024-12-29 23:59:59.999999"
    ),
    MACRO("dates_just_before", "cast(null as timestamp)"): None,
    # Casts
    "cast(true as string)": "true",
    "cast(true as bigint)": 1,
    "cast(0 as boolean)": False,
    "cast('true' as boolean)": True,
    f"cast({big(-5)} as string)": "-5",
    "cast(9007199254740993 as double)": 9007199254740992.0,
    "cast('123456789.123456789' as decimal(18, 9))": Decimal("123456789.123456789"),
    "cast(0.125e0 as decimal(18, 2))": Decimal("0.13"),
    "cast(-0.5e0 as decimal(18, 0))": Decimal(-1),
    "cast(cast(0.6931471805599453e0 as decimal(18, 17)) as double)": math.log(2),
    MACRO("statistics_ln", "2e0"): math.log(2),
    MACRO("statistics_ln", "1e-320"): math.log(1e-320),
    MACRO("statistics_ln", "0e0"): None,
    MACRO("statistics_ln", "-1e0"): None,
    MACRO("statistics_ln", NOT_A_NUMBER): NAN,
    MACRO("statistics_ln", "cast(null as double)"): None,
    # Aggregates
    of("count(*)", "1", "null"): 2,
    of("count(x)", "1", "null"): 1,
    of("count(distinct x)", "1", "1", "2", "null"): 2,
    of("count(distinct x)", "0e0", "-0e0", NOT_A_NUMBER, NOT_A_NUMBER): 2,
    "(select count(x) from (select 1 as x where false) as t)": 0,
    of("cast(sum(x) as bigint)", big(1), big(2), "null"): 3,
    of("cast(sum(x) as bigint)", "cast(null as bigint)"): None,
    "(select cast(sum(x) as bigint) from (select 1 as x where false) as t)": None,
    of("sum(x)", "1e0", NOT_A_NUMBER): NAN,
    of("cast(sum(x) as double)", "cast('1.5' as decimal(38, 18))", "cast('2.25' as decimal(38, 18))"): 3.75,
    of("max(x)", "true", "false", "null"): True,
    of("min(x)", "true", "false", "null"): False,
    of("max(x)", "'b'", "'B'", "'é'", "null"): "é",
    of("min(x)", "'b'", "'B'", "'é'", "null"): "B",
    of("max(x)", "'～'", "'😀'"): "😀",
    of("max(x)", "1e0", NOT_A_NUMBER): NAN,
    of("min(x)", "1e0", NOT_A_NUMBER): 1.0,
    "(select max(x) from (select 1 as x where false) as t)": None,
    # Windows, in the order of the rows
    windows("row_number() over (order by x nulls first)", "2", "null", "1"): "3 1 2",
    windows("row_number() over (order by x nulls last)", "2", "null", "1"): "2 3 1",
    windows("row_number() over (order by x desc nulls last)", "2", "null", "1"): "1 3 2",
    windows("row_number() over (order by x nulls last)", "'é'", "'z'", "'Z'"): "3 2 1",
    windows("row_number() over (order by x nulls last)", NOT_A_NUMBER, "1e0", "null"): "2 1 3",
    windows("rank() over (order by x nulls last)", "1", "1", "2", "null", "null"): "1 1 3 4 4",
    windows("dense_rank() over (order by x nulls last)", "1", "1", "2", "null", "null"): "1 1 2 3 3",
    windows("sum(x) over (order by x nulls last)", "1", "1", "2"): "2 2 4",
    windows(
        "sum(x) over (order by k nulls last rows between unbounded preceding and current row)", "1", "1", "2"
    ): "1 2 4",
    windows(
        "max(x) over (order by k nulls last rows between unbounded preceding and 1 preceding)", "3", "1", "4"
    ): "- 3 3",
    windows("count(*) over (partition by x)", "1", "null", "null"): "1 2 2",
    windows("lag(x) over (order by k nulls last)", "'a'", "null", "'c'"): "- a -",
    windows("lead(x) over (order by k nulls last)", "'a'", "null", "'c'"): "- c -",
    windows("lag(k) over (partition by x order by k nulls last)", "'a'", "null", "'a'", "null"): "- - 0 1",
    windows("lead(k) over (partition by x order by k nulls last)", "'a'", "null", "'a'", "null"): "2 3 - -",
    "(select cast(row_number() over (order by x nulls last) as bigint) from (select 1 as x) as t)": 1,
    "(select cast(rank() over (order by x nulls last) as bigint) from (select 1 as x) as t)": 1,
    "(select cast(dense_rank() over (order by x nulls last) as bigint) from (select 1 as x) as t)": 1,
    # Rows
    "(select count(*) from (select distinct x from (values (1), (null), (null)) as t (x)) as s)": 2,
    "(select count(*) from (select x from (values (1), (null), (null)) as t (x) group by x) as s)": 2,
    "(select count(*) from (select 1 as x union select 1 union distinct select null) as t)": 2,
    "(select count(*) from (select 1 as x union all select 1) as t)": 2,
    joined(NULL, "="): 0,
    joined(NULL, "is not distinct from"): 1,
    joined(NOT_A_NUMBER, "="): 1,
}

# What differs, or is refused by both: SQL, the answer of DuckDB, the answer of Spark. No model may rest on it.
APART: dict[str, tuple[Any, Any]] = {
    "cast(1.7e0 as bigint)": (2, 1),  # round or floor first
    "cast(cast('2.5' as decimal(18, 3)) as bigint)": (3, 2),
    "cast(1e20 as string)": ("1e+20", "1.0E20"),
    "cast('TRUE ' as boolean)": (ERROR, True),
    "cast(1e0 / 3e0 as decimal(38, 18))": (Decimal("0.333333333333333312"), Decimal("0.3333333333333333")),
    "cast(1 as decimal(18, 2)) / 3": (1 / 3, Decimal("0.333333")),
    "1e0 / 0e0": (INFINITY, ERROR),  # nullif around the divisor
    "floor(-1.5e0)": (-2.0, -2),
    "round(1.005e0, 2)": (1.0, 1.01),
    "ln(0e0)": (-INFINITY, None),
    "ln(-1e0)": (NAN, None),
    "trim(chr(160) || 'a')": ("a", "\xa0a"),
    "lower('İ')": ("i", "i̇"),
    "lower('ΟΔΟΣ')": ("οδοσ", "οδος"),
    "upper('ß')": ("ẞ", "SS"),
    "chr(300)": ("Ĭ", ","),
    "substr('hello', 0, 2)": ("h", "he"),
    "substr('hello', 2, -1)": ("h", ""),
    "split_part('abc', '', 1)": ("a", "abc"),
    "split_part('abc', ':', 0)": ("", ERROR),
    "'a\\b'": ("a\\b", "a\b"),
    "'x' 'y'": (ERROR, "xy"),
    "'a%b' like ('a' || chr(92) || '%b')": (False, True),
    "extract(dow from cast('2024-12-29' as date))": (0, 1),
    of("sum(x)", big(2**63 - 1), big(1)): (2**63, ERROR),
    windows("row_number() over (order by x)", "1", "null"): ("1 2", "2 1"),
    # Both raise, so that no wrong number comes of it
    "9223372036854775807 + 1": (ERROR, ERROR),
    "cast(cast(2147483648 as bigint) as integer)": (ERROR, ERROR),
    "cast('x' as bigint)": (ERROR, ERROR),
    "cast('2024-02-30' as date)": (ERROR, ERROR),
    "7 % cast(0 as bigint)": (ERROR, ERROR),
    of(
        "sum(x)", "cast('90000000000000000000' as decimal(38, 18))", "cast('20000000000000000000' as decimal(38, 18))"
    ): (
        ERROR,
        ERROR,
    ),
}


def in_duckdb(*expressions: str) -> list[Answer]:
    """The answers of DuckDB, of one query."""
    con = connection()
    row = con.execute(f"select {', '.join(expressions)}").fetchone()
    assert row is not None
    kinds = [str(column[1]).lower() for column in con.description]
    return [Answer(value, SPARK_NAMES.get(kind, kind)) for value, kind in zip(row, kinds, strict=True)]


def in_spark(spark_session: SparkSession, *expressions: str) -> list[Answer]:
    """The answers of Spark, of one query."""
    frame = spark_session.sql(f"select {', '.join(f'{sql} as c{number}' for number, sql in enumerate(expressions))}")
    kinds = [field.dataType.simpleString() for field in frame.schema]
    return [Answer(value, kind) for value, kind in zip(frame.collect()[0], kinds, strict=True)]


def same(found: Any, expected: Any) -> bool:
    """Equal and of one type: NaN is NaN, and a double may differ in its last bits."""
    if type(found) is not type(expected):
        return False
    if isinstance(expected, float):
        return math.isclose(found, expected, rel_tol=LAST_BITS) or (math.isnan(found) and math.isnan(expected))
    return bool(found == expected)


def answer_or_error(ask: Callable[[], list[Answer]]) -> Any:
    try:
        return ask()[0].value
    except Exception:
        return ERROR


@pytest.fixture(scope="module")
def answers(spark_session: SparkSession) -> dict[str, tuple[Answer, Answer]]:
    """What DuckDB and Spark say to every case, each in one query."""
    return dict(zip(CASES, zip(in_duckdb(*CASES), in_spark(spark_session, *CASES), strict=True), strict=True))


@pytest.mark.spark
@pytest.mark.parametrize("sql", CASES)
def test_both_engines_say(sql: str, answers: dict[str, tuple[Answer, Answer]]) -> None:
    duckdb, spark = answers[sql]
    assert same(duckdb.value, CASES[sql]), f"DuckDB: {duckdb}"
    assert same(spark.value, CASES[sql]), f"Spark: {spark}"
    assert duckdb.type == spark.type


@pytest.mark.spark
@pytest.mark.parametrize("sql", APART)
def test_engines_differ_or_raise_as_known(sql: str, spark_session: SparkSession) -> None:
    duckdb, spark_s = APART[sql]
    assert same(answer_or_error(lambda: in_duckdb(sql)), duckdb)
    assert same(answer_or_error(lambda: in_spark(spark_session, sql)), spark_s)


def test_every_function_of_the_list_has_a_case() -> None:
    used = {called(words, at) for words in map(tokens, CASES) for at in range(len(words) - 1)}
    assert set(FUNCTIONS) <= used
