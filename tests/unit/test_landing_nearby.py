"""A day costs the day: batches that cannot hold a key of the file are not read, and in parts the rule says the same."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from pipelines.extract.session import name, open_session
from pipelines.landing import append, nearby
from pipelines.landing.difference import Landed, write_raw
from pipelines.organisation import Organisation
from tests.unit.landing_support import Row, land, load, of_log, query, source, write

SEED = 20261128
WORDS = ["x", "y"]
KEY = ["id", "at"]


def at(day: int, minute: int = 0) -> str:
    return (datetime.fromisoformat("2024-01-01") + timedelta(days=day, minutes=minute)).isoformat() + "Z"


def day_file(day: int) -> list[Row]:
    """The same twenty ids every day, at times of the day."""
    return [(f"slo-{number % 20}", at(day, number), "x") for number in range(200)]


@pytest.fixture
def acme(tmp_path: Path) -> Organisation:
    write(tmp_path / "acme", [], "log-0.csv")
    return load(tmp_path / "acme", [source(path="log-*.csv", primary_key=KEY)], as_of="2024-12-01T00:00:00Z")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """Notes the numbers of the batches whose rows are read, a list a reading."""
    found: list[list[int]] = []

    def noted(landed: Sequence[Landed], columns: Sequence[str]) -> str:
        found.append([each.batch_number for each in landed])
        return union(landed, columns)

    union = append.union
    monkeypatch.setattr(append, "union", noted)
    return found


def test_a_day_reads_no_other_day(acme: Organisation, read: list[list[int]], tmp_path: Path) -> None:
    for day in range(6):
        write(tmp_path / "acme", day_file(day), f"log-{day}.csv")
    land(acme, tmp_path / "home")
    write(tmp_path / "acme", day_file(6), "log-6.csv")
    assert [info.rows for info in of_log(land(acme, tmp_path / "home"))] == [200] * 7
    assert read == []


def test_a_late_row_and_a_correction_read_the_day_that_they_speak_of(
    acme: Organisation, read: list[list[int]], tmp_path: Path
) -> None:
    for day in range(6):
        write(tmp_path / "acme", day_file(day), f"log-{day}.csv")
    land(acme, tmp_path / "home")
    repeated, corrected, late = ("slo-0", at(2), "x"), ("slo-1", at(2, 1), "y"), ("slo-0", at(4, 7), "late")
    write(tmp_path / "acme", [*day_file(6), repeated, corrected, late], "log-6.csv")
    land(acme, tmp_path / "home")
    assert read == [[3, 5]], "the batches of the days 2 and 4"
    new = query(
        tmp_path / "home",
        'select id, "at", what from landing.events join landing.ledger on _batch_id = batch_id'
        f""" where batch_number = 7 and "at" < '{at(6)}' order by "at" """,
    )
    assert new == [corrected, late], "what is landed already is not landed again"


def states(dice: random.Random) -> Iterator[dict[str, list[Row]]]:
    """What a folder holds from day to day: files grow, repeat each other, are corrected, put back and moved."""
    files: dict[str, list[Row]] = {}
    for day in range(4):
        new = [(f"k{dice.randrange(4)}", at(day, dice.randrange(3)), dice.choice(WORDS)) for _ in range(6)]
        files = {file: list(rows) for file, rows in files.items()}
        files[f"log-{day}.csv"] = new
        for rows in files.values():
            rows[:] = [(*row[:2], dice.choice(WORDS)) if dice.random() < 0.3 else row for row in rows]
            if rows and dice.random() < 0.3:
                rows.append(dice.choice(rows))
        if dice.random() < 0.3:
            files[f"log-{day}-moved.csv"] = files.pop(dice.choice(sorted(files)))
        yield files


@pytest.mark.parametrize("key", [KEY, ["id"]])
def test_in_parts_the_same_batches_are_landed(key: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One home is landed in parts of a few rows, with ranges of letters; in the other every batch is read whole."""
    folder = tmp_path / "acme"
    dice = random.Random(SEED)
    acme = load(folder, [source(path="log-*.csv", primary_key=key)], as_of="2024-12-01T00:00:00Z")
    for files in states(dice):
        for old in folder.glob("log-*.csv"):
            old.unlink()
        for file, rows in files.items():
            write(folder, rows, file)
        with monkeypatch.context() as patch:
            patch.setattr(append, "ROWS_AT_ONCE", 4)
            patch.setattr(nearby, "VALUES", dice.choice((1, 2)))
            patch.setattr(nearby, "BEGINNING", dice.choice((1, 10)))
            parts = land(acme, tmp_path / "parts", threads=1)
        with monkeypatch.context() as patch:
            patch.setattr(nearby, "batches", lambda con, raw, key: everything(con))
            whole = land(acme, tmp_path / "whole", threads=1)
        assert [info.sha256 for info in parts.batches] == [info.sha256 for info in whole.batches]
        assert parts.new == whole.new
    (ops,) = query(tmp_path / "parts", "select list(distinct _op) from landing.events")[0]
    assert sorted(ops) == ["restate", "upsert"], "nothing was put back: the comparison would prove little"


def everything(con: duckdb.DuckDBPyConnection) -> list[int]:
    return [
        number for (number,) in con.execute("select distinct batch_number from landed_ranges order by 1").fetchall()
    ]


@pytest.mark.parametrize("values", [1, 3, 1_000])
def test_no_batch_that_has_a_key_of_the_file_is_left_out(
    values: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nulls, columns that a batch did not know, letters beyond ASCII, texts of any length."""
    monkeypatch.setattr(nearby, "VALUES", values)
    dice = random.Random(SEED)
    con = open_session(1, tmp_path)
    texts = [None, "", "a", "ab", "b" * 5_000, "é", "Ω", "2024-01-01T00:00", "2024-01-01T01:00", "2024-02-01T00:00"]

    def rows_file(number: int, columns: Sequence[str]) -> tuple[Landed, set[tuple[str | None, ...]]]:
        rows = [tuple(dice.choice(texts) for _ in columns) for _ in range(dice.randrange(1, 5))]
        fields = ", ".join(f"{name(column)} varchar" for column in columns)
        con.execute(f"create or replace temp table made ({fields})")
        con.executemany(f"insert into made values ({', '.join('?' * len(columns))})", rows)
        path = tmp_path / f"{number}.parquet"
        write_raw(con, "from made", path)
        keys = {tuple(dict(zip(columns, row, strict=True)).get(column) for column in KEY) for row in rows}
        return Landed(path, tuple(columns), number, len(rows)), keys

    made = [rows_file(number, dice.choice((KEY, ["id"], [*KEY, "what"]))) for number in range(60)]
    nearby.forget(con)
    for landed, _ in made:
        nearby.know(con, KEY, [landed])
    left_out = 0
    for number in range(100, 160):
        shown, keys = rows_file(number, KEY)
        near = nearby.batches(con, shown.path, KEY)
        assert {landed.batch_number for landed, own in made if own & keys} <= set(near)
        left_out += len(made) - len(near)
    assert left_out > 100, "everything is near: nothing is saved"


def test_a_rewritten_day_is_compared_with_itself(acme: Organisation, read: list[list[int]], tmp_path: Path) -> None:
    for day in range(4):
        write(tmp_path / "acme", day_file(day), f"log-{day}.csv")
    land(acme, tmp_path / "home")
    write(tmp_path / "acme", [(*day_file(1)[0][:2], "mended"), *day_file(1)[1:]], "log-1.csv")
    result = land(acme, tmp_path / "home")
    assert [info.rows for info in result.batches if info.batch_id in result.new] == [1]
    assert read == [[2]]
