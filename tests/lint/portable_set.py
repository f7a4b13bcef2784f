"""The portable set: what SQL of the dbt project may use outside macros/portable, and what it may not.

Belongs here: functions that are the same in DuckDB and Spark, each with what was checked of it; the symbols and types
of both; words that one of them lacks or reads otherwise. A function is added with its cases in
tests/spark/test_portable_functions.py, which run on both engines; what differs between them is shown there too: trim,
lower, upper, ln, round to digits, floor, chr of more than a byte, casts of fractions to bigint.
"""

FUNCTIONS = {
    "abs": "null, negative, -0 and NaN; keeps the type",
    "chr": "1 to 127, null (beyond a byte Spark begins anew): write a literal number",
    "coalesce": "first that is not null; an integer beside a double becomes a double",
    "concat_ws": "leaves out nulls, keeps empty texts; nothing but nulls is ''; a null separator is null",
    "count": "of rows, of values, of distinct values; a bigint; 0 of nothing",
    "dense_rank": "ties and nulls; cast it to bigint (Spark: integer)",
    "exp": "null and 0; too large is infinity, too small is 0; the last bit may differ",
    "extract week": "ISO week, at both ends of a year; cast it to bigint (Spark: integer)",
    "extract year": "of a date, a timestamp, null; cast it to bigint (Spark: integer)",
    "greatest": "leaves out nulls; NaN is greater than all; texts by their bytes",
    "lag": "null before the first, the null of a row that has one; within its partition",
    "lead": "null behind the last, the null of a row that has one; within its partition",
    "least": "leaves out nulls; NaN is greater than all; texts by their bytes",
    "max": "leaves out nulls; null of nothing; false < true; NaN is the greatest; texts by their bytes",
    "md5": "of the bytes of UTF-8, 32 hexadecimal digits in lower case; null; of '' too",
    "min": "leaves out nulls; null of nothing; false < true; NaN is the greatest; texts by their bytes",
    "nullif": "null on either side; an integer equals its double, 0 equals -0",
    "power": "null, negative and 0 bases, overflow; a double; the last bit may differ",
    "rank": "ties and nulls; cast it to bigint (Spark: integer)",
    "replace": "every occurrence from the left, no pattern; an empty text is not found; null anywhere is null",
    "row_number": "order of nulls, NaN and non-ASCII texts; cast it to bigint (Spark: integer)",
    "split_part": "from 1, or the end by -1; beyond the last part ''; separators special in patterns; null; not by ''",
    "sqrt": "null, 0, NaN; of a negative number NaN",
    "substr": "from 1, or from the end by a negative start; beyond the end ''; characters, not bytes; no start of 0",
    "sum": "leaves out nulls; null of nothing; frames with and without ties; cast it: of bigints to bigint (DuckDB: "
    "hugeint), of decimals to double (the precision differs)",
}

SYMBOLS = {*"()+-*/%,.;=<>|", "||", "<>", "<=", ">=", "!="}

TYPES = ("string", "bigint", "integer", "double", "boolean", "date", "timestamp", "decimal(n,n)")

# What may stand before a parenthesis without being a function. `filter` and `group` (within group) are not here.
_KEYWORDS = """
    all and any as between by case cast decimal distinct else except exists from having in intersect is join like not
    on or over select some then union using values when where with
"""
_FOREIGN_TYPES = """
    blob bool bpchar bytea char datetime float float4 float8 hugeint int int4 int8 numeric smallint timestamp_ltz
    timestamp_ntz timestamptz tinyint ubigint uhugeint uinteger uuid varchar
"""
_FOREIGN_WORDS = """
    asof current_catalog current_date current_schema current_time current_timestamp current_user exclude glob ilike
    insert interval lambda lateral localtime localtimestamp merge pivot positional qualify regexp rlike similar
    tablesample unpivot
"""
KEYWORDS = frozenset(_KEYWORDS.split())
FOREIGN_WORDS = frozenset((_FOREIGN_TYPES + _FOREIGN_WORDS).split())
FOREIGN_PHRASES = (
    "* except (",
    "* rename (",
    "* replace (",
    "at time zone",
    "distinct on (",
    "filter (",
    "group by all",
    "ignore nulls",
    "order by all",
    "union by name",
)
