"""The functions that a model may call: each is the same in DuckDB and Spark, as far as its line says.

Belongs here: a function, and what was checked of it. Every one has cases in tests/spark/test_portable_functions.py,
which run on both engines; where engines differ is shown there too. Left out because they differ: trim, lower, upper,
ln, round to digits, floor and ceil (types), chr of more than a byte, length (types): see macros/portable.
"""

FUNCTIONS = {
    "abs": "null, negative, -0 and NaN; keeps the type",
    "chr": "1 to 127 (in Spark chr(300) is a comma); write a literal number",
    "coalesce": "first that is not null; an integer beside a double becomes a double",
    "concat_ws": "leaves out nulls, keeps empty texts; nothing but nulls is ''; a null separator is null",
    "count": "of rows, of values, of distinct values; a bigint; 0 of nothing",
    "dense_rank": "ties and nulls; cast it to bigint (Spark: integer)",
    "exp": "null and 0; too large is infinity, too small is 0; the last bit may differ",
    "extract week": "ISO week, at both ends of a year; cast it to bigint (Spark: integer)",
    "extract year": "of a date and a timestamp; cast it to bigint (Spark: integer)",
    "greatest": "leaves out nulls; NaN is greater than all; texts by their bytes",
    "lag": "null before the first, the null of a row that has one; within its partition",
    "lead": "null behind the last; within its partition",
    "least": "leaves out nulls; NaN is greater than all; texts by their bytes",
    "max": "leaves out nulls; null of nothing; false < true; NaN is the greatest; texts by their bytes, non-ASCII too",
    "min": "as max",
    "nullif": "null on either side; an integer equals its double",
    "power": "negative and 0 bases, NaN and infinity; a double",
    "rank": "ties and nulls; cast it to bigint (Spark: integer)",
    "replace": "every occurrence from the left; an empty search text changes nothing; null anywhere is null",
    "row_number": "order of nulls, NaN and non-ASCII texts; cast it to bigint (Spark: integer)",
    "split_part": "from 1; behind the last part ''; separators that are special in patterns; a separator of any length but 0",
    "sqrt": "null, 0, NaN; of a negative number NaN",
    "substr": "from 1, or from the end by a negative start; beyond the end ''; characters, not bytes; no start of 0",
    "sum": "leaves out nulls; null of nothing; frames with and without ties; of bigints: cast it to bigint "
    "(DuckDB: hugeint); of decimals: cast it to double (the precision differs)",
}
