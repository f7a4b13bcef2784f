"""A log of many day files is read in one scan: the same rows, in the same order, as file by file."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.errors import UserError
from pipelines.extract import columnar, json_lines
from pipelines.extract.feeds import Feed
from pipelines.extract.files import Part
from pipelines.extract.session import open_session

FEED = Feed("log", ("id", "value", "never"), frozenset({"id"}))


def day_files(folder: Path, days: int, rows: int) -> list[Part]:
    parts = []
    for day in range(days):
        path = folder / f"2026-01-{day + 1:02}.jsonl"
        lines = [{"id": f"{day}-{row}", **({"value": row, "more": 1} if row % 2 else {})} for row in range(rows)]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        parts.append(Part(path.name, path, str(path)))
    return parts


@pytest.mark.parametrize("threads", [1, 4])
def test_rows_follow_file_after_file(tmp_path: Path, threads: int) -> None:
    parts = day_files(tmp_path, days=9, rows=3_000)
    parts[4].path.write_bytes(b"")
    con = open_session(threads, tmp_path)
    extracted = json_lines.read_all(con, parts, FEED)
    found = con.execute(extracted.query).fetchall()
    wanted = [
        (f"{day}-{row}", str(row) if row % 2 else None, None, f"2026-01-{day + 1:02}.jsonl")
        for day in range(9)
        if day != 4
        for row in range(3_000)
    ]
    assert [row[:4] for row in found] == wanted
    assert [row[4] for row in found] == list(range(1, len(wanted) + 1))
    assert extracted.expected == len(wanted)
    assert extracted.columns == ("id", "value")
    assert extracted.undeclared == ("more",)


def test_nothing_but_empty_files_is_no_row(tmp_path: Path) -> None:
    parts = day_files(tmp_path, days=2, rows=0)
    con = open_session(1, tmp_path)
    extracted = json_lines.read_all(con, parts, FEED)
    assert con.execute(extracted.query).fetchall() == []
    assert extracted.expected == 0


def test_the_broken_file_and_row_are_named(tmp_path: Path) -> None:
    parts = day_files(tmp_path, days=3, rows=4)
    with parts[1].path.open("a", encoding="utf-8") as stream:
        stream.write("[1]\n")
    with pytest.raises(UserError, match=r"2026-01-02.jsonl: row 5: is no object"):
        json_lines.read_all(open_session(1, tmp_path), parts, FEED)


def test_a_day_without_a_required_column_is_named(tmp_path: Path) -> None:
    parts = day_files(tmp_path, days=3, rows=4)
    parts[2].path.write_text('{"value": 1}\n', encoding="utf-8")
    with pytest.raises(UserError, match=r"2026-01-03.jsonl: column 'id' of feed log is missing"):
        json_lines.read_all(open_session(1, tmp_path), parts, FEED)


def parquet_files(folder: Path, days: int, rows: int) -> list[Part]:
    parts = []
    for day in range(days):
        path = folder / f"2026-01-{day + 1:02}.parquet"
        columns = {"id": [f"{day}-{row}" for row in range(rows)], "more": list(range(rows))}
        if day % 2:
            columns["value"] = list(range(rows))
        pq.write_table(pa.table(columns), path, row_group_size=1_000)
        parts.append(Part(path.name, path, str(path)))
    return parts


@pytest.mark.parametrize("threads", [1, 4])
def test_rows_of_parquet_follow_file_after_file(tmp_path: Path, threads: int) -> None:
    parts = parquet_files(tmp_path, days=6, rows=5_000)
    con = open_session(threads, tmp_path)
    extracted = columnar.read_all(con, parts, FEED)
    single = [con.execute(columnar.read(con, part, FEED).query).fetchall() for part in parts]
    wanted = [(*row[:4], place * 5_000 + row[4]) for place, rows in enumerate(single) for row in rows]
    assert con.execute(extracted.query).fetchall() == wanted
    assert extracted.expected == len(wanted) == 30_000
    assert (extracted.columns, extracted.undeclared) == (("id", "value"), ("more",))


def test_the_parquet_file_that_is_none_or_lacks_a_column_is_named(tmp_path: Path) -> None:
    parts = parquet_files(tmp_path, days=3, rows=4)
    con = open_session(1, tmp_path)
    pq.write_table(pa.table({"value": [1]}), parts[2].path)
    with pytest.raises(UserError, match=r"2026-01-03.parquet: column 'id' of feed log is missing"):
        columnar.read_all(con, parts, FEED)
    parts[1].path.write_bytes(b"PAR1 and nothing else")
    with pytest.raises(UserError, match=r"2026-01-02.parquet: is no whole Parquet file"):
        columnar.read_all(con, parts, FEED)
