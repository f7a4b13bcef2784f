"""Cases of macros/portable/texts.sql, statistics_integers.sql and unions.sql."""

from __future__ import annotations

import math
from typing import Any

from tests.spark.cases import Cases, at
from tests.spark.engines import CASES, NUMBER, each
from tests.unit.macros import Macros

TEXT = {"text": "string"}
TRIMMED: list[tuple[Any, ...]] = [
    ("  Team  A ", "Team  A"),
    ("\u00a0Team\u00a0A\u00a0 ", "Team\u00a0A"),
    ("\u3000\u1680\u2000\u2009\u200a\u202f\u205fx\u2003", "x"),
    *((text, text) for text in ("\tx", "x\n", "\u200bx", "\ufeffx", "x\u2028", "x\x1f", "x\x85")),
    (None, None),
]
BLANK: list[tuple[Any, ...]] = [("   ", None), ("\u00a0", None), ("", None)]
LOWERED: list[tuple[Any, ...]] = [
    ("Päy-MENTS", "päy-ments"),
    ("ÉCOLE", "école"),
    ("ΟΔΟΣ ΟΣ", "οδοσ οσ"),
    ("οδος", "οδος"),
    ("İSTANBUL", "istanbul"),
    ("GROẞ", "groß"),
    ("\u212a", "k"),
    ("ДОМ", "дом"),
    (None, None),
]
IN_ORDER: list[tuple[Any, ...]] = [
    ("b|a|c|a", "|", "a,a,b,c"),
    ("10|9|Z|a|é", "|", "10,9,Z,a,é"),
    ("b||a", "|", "a,b"),
    ("", "|", None),
]
NO_NUMBERS: list[str | None] = [
    *("inf", "-inf", "Infinity", "NaN", "nan", "1e400", "1d", "1f", "1D", "0x10", "0x1p3", "\u0661", "five"),
    *("1,5", "1 2", "- 5", "--5", "+-5", "-+5", "1e", "e5", ".", "-", "1__0", "_1", "1_", "1_.5", "1e_5"),
    *("1\u00a0", "", " ", None),
]
NUMBERS: list[tuple[Any, ...]] = [
    ("5", 5.0),
    (" 5 ", 5.0),
    ("\t-5.25\n", -5.25),
    ("+5", 5.0),
    (".5", 0.5),
    ("5.", 5.0),
    ("1e3", 1000.0),
    ("1E-3", 0.001),
    ("1_000", 1000.0),
    ("9999999_9919999999999", 99999999919999999999.0),
    ("00012", 12.0),
    ("9007199254740993", 9007199254740992.0),
    ("123456789012345678901234567890", 1.2345678901234568e29),
    ("1e-400", 0.0),
    *((text, None) for text in NO_NUMBERS),
]
COUNTS: list[tuple[Any, ...]] = [
    ("5", 5),
    ("5.0", 5),
    ("-3", -3),
    ("1e3", 1000),
    ("999999999999999", 999_999_999_999_999),
    *((text, None) for text in ("5.7", "1e15", "1e300", "-1e300", "99999999999999999999", "inf", "nan", "x", "", None)),
]
MILLIONTHS: list[tuple[Any, ...]] = [
    ("4.2", 4_200_000),
    ("0.9515", 951_500),
    ("-1.5", -1_500_000),
    ("0.0000005", 1),
    ("0.0000004", 0),
    ("1e6", 1_000_000_000_000),
    ("-1000000", -1_000_000_000_000),
    *((text, None) for text in ("1000000.1", "1e300", "inf", "nan", "x", "", None)),
]
FLAGS: list[tuple[Any, ...]] = [
    ("true", True),
    (" TRUE\u00a0", True),
    ("False", False),
    *((text, None) for text in ("t", "1", "0", "yes", "truee", "", None)),
]
MATCHED: dict[str, list[tuple[Any, ...]]] = {
    "maintenance|upgrade|brownout": [
        ("Planned UPGRADE of x", True),
        ("2026-07-01-maintenance.md\nsomething", True),
        ("down", False),
        ("", False),
        (None, None),
    ],
    "ö[0-9]+": [("xÖ12", True), ("o12", False)],
    "\\d's": [("5's", True), ("d's", False), ("5s", False)],
}
IS_JSON: list[str | None] = [
    *(None, "[]", "{}", "null", "true", "5", "-0.5e3", '"a"', "[1e400]", " [1 ,2]\n", '[{"app": "a", "env": "p"}]'),
    *('{"a":1,"a":2}', '[[["]"]]]', '["nan,]"]', '["\\u00e9\\ud83d\\ude00"]', '["\\\\ud800"]', "[" * 50 + "]" * 50),
]
NOT_JSON = [
    *("", " ", "abc", "[", "[1", "[1,2", '{"a":1', '"', "tru", "True", "None", "['a']", "{a:1}", '["a" "b"]'),
    *("[] x", "5 6", "1,2", "1],[2", "[1]]", '{"a":1}}', "[1}", "[1] // x", "[/*x*/1]", "\u00a0[1]", "\ufeff[1]"),
    *("[1,]", '{"a":1,}', "[,]", "[NaN]", "[nan]", "[-Infinity]", "[Inf]", "[01]", "[+1]", "[.5]", "[1.]"),
    *('["\t"]', '["\\x"]', '["\\u12"]', '["\\ud800"]'),
]
JSONS: list[tuple[Any, ...]] = [*((text, True) for text in IS_JSON), *((text, False) for text in NOT_JSON)]
WORDS: list[tuple[Any, ...]] = [
    ('[{"at": "a"}, {"at": "b"}]', "b"),
    ('[{"at": "a"}, {"at": " b\\n\\u00e9"}]', " b\né"),
    ('[{"at": "a"}, {"of": "b"}]', None),
    ('[{"at": "a"}, {"at": null}]', None),
    ('[{"at": "a"}, {"at": ""}]', ""),
    ('[{"at": "a"}]', None),
    ("[]", None),
    ('{"at": "a"}', None),
    ('[{"at": "a"}, {"at": "b"}', None),
    ("", None),
    (None, None),
]
FIRSTS: list[tuple[Any, ...]] = [
    ('["a","b"]', "a"),
    (' [ "a" ] ', "a"),
    ('[["a","b"],"c"]', "a"),
    ('[ [ "a" ] ]', "a"),
    ('["a\\"\\n\\u00e9"]', 'a"\né'),
    ('["[x"]', "[x"),
    ('["null"]', "null"),
    ('[""]', ""),
    ("[5]", "5"),
    ("[true]", "true"),
    ('[{"b" : 1, "a": [2, 3]}]', '{"b":1,"a":[2,3]}'),
    ('[[["a"]]]', '["a"]'),
    ("plain", "plain"),
    ('{"a":1}', '{"a":1}'),
    ('"text"', '"text"'),
    ("[broken", "[broken"),
    ('["a",]', '["a",]'),
    ("", ""),
    *((text, None) for text in ("[]", "[null]", "[[null]]", "[[]]", '[[],"a"]', None)),
]
TARGETS: list[tuple[Any, ...]] = [
    ('[{"app":"a","env":"p"}, {"env":"q","app":"b"}]', ["0|a|p", "1|b|q"]),
    ('[{"app":"a"}]', ["0|a|-"]),
    ('[{"app":null,"env":""}]', ["0|-|"]),
    ('[1,"a",null,[{"app":"x"}],{"app":5}]', ["0|-|-", "1|-|-", "2|-|-", "3|-|-", "4|5|-"]),
    ('[{"app":"\\u00e9\\"","env":{"z": [1, 2]}}]', ['0|é"|{"z":[1,2]}']),
    *(
        (text, ["-|-"])
        for text in (None, "", "[]", "{}", '{"app":"a"}', "5", '"[]"', "x", '[{"app":"a"}] x', '[{"app":"a"},]')
    ),
]
PARTS: list[tuple[Any, ...]] = [
    ("a|b", "|", ["a", "b"]),
    ("a||", "|", ["", "", "a"]),
    ("", "|", [""]),
    ("abc", "|", ["abc"]),
    ("a\x1eb", "\x1e", ["a", "b"]),
    ("a^b", "^", ["a", "b"]),
    ("a]b", "]", ["a", "b"]),
    ("a\\b", "\\", ["a", "b"]),
    ("a.b", ".", ["a", "b"]),
    (None, "|", []),
]
WHOLES = [(2.0, 2.0), (2.9, 2.0), (-0.1, -1.0), (-3.0, -3.0), (1e15, 1e15), (None, None)]
QUOTIENTS: list[tuple[Any, ...]] = [
    (7, 2, 3),
    (6, 2, 3),
    (0, 5, 0),
    (9_007_199_254_740_993, 1, 9_007_199_254_740_993),
    (9_223_372_036_854_775_807, 86_400_000_000, 106_751_991),
    (None, 2, None),
]
LOGARITHMS: list[tuple[Any, ...]] = [
    (1.0, 0.0),
    (0.0, None),
    (-0.0, None),
    (-1.0, None),
    (math.inf, math.inf),
    (None, None),
]
ROW = {"word": "string", "count": "bigint", "moment": "timestamp", "is_so": "boolean"}
NOON = "2026-07-01 12:00:00"


def row_pairs() -> list[tuple[Any, ...]]:
    """Two rows, and whether they are one: nulls are equal to nulls, and to nothing else."""
    base = ("a", 1, at(NOON), True)
    empty = (None, None, None, None)
    others = [
        ("b", 1, at(NOON), True),
        ("", 1, at(NOON), True),
        (None, 1, at(NOON), True),
        ("null", 1, at(NOON), True),
        ('a","count":1', 1, at(NOON), True),
        ("a", 2, at(NOON), True),
        ("a", None, at(NOON), True),
        ("a", 1, at(NOON + ".000001"), True),
        ("a", 1, None, True),
        ("a", 1, at(NOON), False),
        ("a", 1, at(NOON), None),
        empty,
    ]
    return [(*base, *base, True), (*empty, *empty, True), *((*base, *other, False) for other in others)]


def _rows_as_texts(macros: Macros) -> str:
    sides = ", ".join(
        f"{side}_rows as (select {NUMBER}, {', '.join(f'{side}_{name} as {name}' for name in ROW)} from {CASES})"
        for side in ("one", "other")
    )
    texts = ", ".join(
        f"{side}_texts as (select {NUMBER}, "
        f"{macros('row_as_text', f'{side}_rows', [NUMBER])} as content from {side}_rows)"
        for side in ("one", "other")
    )
    return (
        f"with {sides}, {texts} select {NUMBER}, one_texts.content = other_texts.content as value "
        f"from one_texts inner join other_texts using ({NUMBER})"
    )


def _targets(macros: Macros) -> str:
    exploded = f"select {NUMBER}, {macros('explode_targets', 'text')} as target from {CASES}"
    fields = "cast(target.position as string), coalesce(target.app, '-'), coalesce(target.env, '-')"
    return f"select {NUMBER}, concat_ws('|', {fields}) as value from ({exploded}) as exploded"


def _positions(macros: Macros) -> str:
    exploded = f"select {NUMBER}, {macros('explode_targets', 'text')} as target from {CASES}"
    return f"select {NUMBER}, target.position as value from ({exploded}) as exploded"


def _in_order(macros: Macros) -> str:
    exploded = f"select {NUMBER}, {macros('explode_words', 'text', 'separator')} as word from {CASES}"
    joined = macros("texts_in_order", "nullif(word, '')")
    return f"select {NUMBER}, {joined} as value from ({exploded}) as exploded group by {NUMBER}"


def _vendors(macros: Macros) -> str:
    vendors = ", ".join(
        f"{vendor} as (select {NUMBER}, {columns} from {CASES} where vendor = '{vendor}')"
        for vendor, columns in (("first", "text as value"), ("second", "0 as other"))
    )
    union = macros("rows_of_models", {NUMBER: "bigint", "value": "string"}, {"first": [], "second": ["value"]})
    return f"with {vendors} {union}"


INTEGERS: list[tuple[Any, ...]] = [(0, 3, [0, 1, 2, 3]), (5, 5, [5]), (-1, 1, [-1, 0, 1]), (2, 1, [])]


def _second(macros: Macros) -> str:
    """The second smallest of all, beside the first case."""
    return f"select min({NUMBER}) as {NUMBER}, {macros('statistics_nth', 'x', 2)} as value from {CASES}"


def cases() -> list[Cases]:
    pair = {f"{side}_{name}": type_name for side in ("one", "other") for name, type_name in ROW.items()}
    parts = {"text": "string", "separator": "string"}
    vendors = [("first", "a", "a"), ("second", "a", None), ("first", None, None)]
    return [
        Cases("trimmed", TEXT, "string", [*TRIMMED, *((text, "") for text, _ in BLANK)]),
        Cases("word", TEXT, "string", [*TRIMMED, *BLANK]),
        Cases("lowered", TEXT, "string", LOWERED),
        Cases("name_key", TEXT, "string", [*LOWERED, *BLANK, ("  Päy-MENTS\u00a0", "päy-ments")]),
        Cases("parse_number", TEXT, "double", NUMBERS),
        Cases("parse_count", TEXT, "bigint", COUNTS),
        Cases("parse_millionths", TEXT, "bigint", MILLIONTHS),
        Cases("parse_flag", TEXT, "boolean", FLAGS),
        *(
            Cases("matches", TEXT, "boolean", rows, query=each("matches", "text", pattern))
            for pattern, rows in MATCHED.items()
        ),
        Cases("is_json", TEXT, "boolean", JSONS),
        Cases("first_of_json_list", TEXT, "string", FIRSTS),
        Cases("json_list_word", TEXT, "string", WORDS, query=each("json_list_word", "text", 1, "at")),
        Cases("explode_targets", TEXT, "string", TARGETS, query=_targets, several=True),
        Cases("explode_targets", TEXT, "bigint", [("[1,2]", [0, 1]), ("[]", [None])], query=_positions, several=True),
        Cases("explode_words", parts, "string", PARTS, several=True),
        Cases("texts_in_order", parts, "string", IN_ORDER, query=_in_order),
        Cases("row_as_text", pair, "boolean", row_pairs(), query=_rows_as_texts),
        Cases("statistics_integers", {"first": "bigint", "last": "bigint"}, "bigint", INTEGERS, several=True),
        Cases("statistics_quotient", {"dividend": "bigint", "divisor": "bigint"}, "bigint", QUOTIENTS),
        Cases("statistics_whole", {"x": "double"}, "double", WHOLES),
        Cases("statistics_nth", {"x": "double"}, "double", [(5.0, [3.0]), (-1.0, []), (3.0, [])], _second, True),
        Cases("statistics_ln", {"x": "double"}, "double", LOGARITHMS),
        Cases("rows_of_models", {"vendor": "string", "text": "string"}, "string", vendors, query=_vendors),
    ]
