"""Append: what is new is landed, and what the source put back is landed again, so that its present state decides."""

from __future__ import annotations

import gzip
import shutil
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.landing import batches
from pipelines.organisation import Organisation
from pipelines.settings import Settings
from tests.unit.landing_support import (
    FEEDS,
    Row,
    csv_text,
    land,
    landed,
    load,
    of_log,
    query,
    row,
    rows_of,
    source,
    write,
)

OPS = "id, what, _op"


class Log:
    """A home that lands the source `log` of a folder whose files the test writes anew for each landing."""

    def __init__(self, folder: Path, **declared: Any) -> None:
        self.folder, self.home = folder / "acme", folder / "home"
        self.declared = {"path": "log*", **declared}
        self.acme: Organisation = load(self.folder, [source(**self.declared)], as_of="2024-05-01T00:00:00Z")

    def lands(self, **files: Sequence[Row]) -> list[tuple[Any, ...]]:
        """The rows that are landed when the folder holds these files (`log` for log.csv), as id, what, _op."""
        for path in self.folder.glob("log*"):
            path.unlink()
        for name, rows in files.items():
            write(self.folder, rows, f"{name}.csv")
        return self.lands_again()

    def lands_again(self) -> list[tuple[Any, ...]]:
        new = land(self.acme, self.home, threads=1).new
        ids = ", ".join(f"'{batch}'" for batch in ["", *new])
        return query(self.home, f"select {OPS} from landing.events where _batch_id in ({ids}) order by _batch_id, _row")


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path)


def x(number: int) -> tuple[str, str, str]:
    return str(number), "x", "upsert"


def test_a_touched_but_equal_file_lands_no_row(tmp_path: Path) -> None:
    write(tmp_path / "acme", [row(1), row(2)])
    acme = load(tmp_path / "acme")
    land(acme, tmp_path / "home")
    (tmp_path / "acme" / "log.csv").write_text(csv_text([row(2), row(1)]).replace("\n", "\r\n"))
    result = land(acme, tmp_path / "home")
    assert [info.rows for info in result.batches if info.batch_id in result.new] == [0]
    assert land(acme, tmp_path / "home").new == []


def test_a_grown_file_lands_its_new_rows_and_a_changed_row_is_a_new_version(tmp_path: Path) -> None:
    write(tmp_path / "acme", [row(1), row(2), row(2)])
    acme = load(tmp_path / "acme")
    land(acme, tmp_path / "home")
    write(tmp_path / "acme", [row(1, "changed"), row(2), row(2), row(2), row(3)])
    result = land(acme, tmp_path / "home")
    (new,) = [info for info in result.batches if info.batch_id in result.new]
    assert (new.rows, new.rows_read, new.batch_number) == (3, 5, 2)
    assert landed(tmp_path / "home") == Counter([row(1), row(1, "changed"), *[row(2)] * 3, row(3)])
    rows = query(tmp_path / "home", f"select _row from landing.events where _batch_id = '{new.batch_id}' order by 1")
    assert rows == [(1,), (4,), (5,)]


def test_what_is_put_back_is_landed_again_and_is_the_newest(log: Log) -> None:
    """D30's example: 1 is right, then wrong, then right again."""
    assert log.lands(log=[row(1), row(2)]) == [x(1), x(2)]
    assert log.lands(log=[row(1, "wrong"), row(2)]) == [("1", "wrong", "upsert")]
    assert log.lands(log=[row(1), row(2)]) == [("1", "x", "restate")]
    assert log.lands(log=[row(1), row(2)]) == []
    assert log.lands(log=[row(1, "wrong"), row(2), row(3)]) == [("1", "wrong", "restate"), x(3)]
    assert log.lands(log=[row(2), row(1)]) == [("1", "x", "restate")]
    assert {info.rows_read for info in of_log(land(log.acme, log.home))} == {2, 3}


def test_a_file_that_returns_to_an_earlier_content_makes_no_second_batch_of_that_id(log: Log) -> None:
    for rows in ([row(1)], [row(2)], [row(1)]):
        log.lands(log=rows)
    ids = [info.batch_id for info in land(log.acme, log.home).batches]
    assert len(ids) == len(set(ids)) == 12
    assert landed(log.home) == Counter([row(1), row(2)]), "other keys: none takes the other back"


def test_rows_that_vanish_are_no_deletions(log: Log) -> None:
    """A log from which old rows are dropped, in place or with their file, goes on as it was."""
    assert len(log.lands(log_1=[row(1), row(2)], log_2=[row(3), row(4)])) == 4
    assert log.lands(log_2=[row(3), row(4), row(5)]) == [x(5)]
    assert log.lands(log_2=[row(5), row(6)]) == [x(6)]
    assert log.lands(log_2=[]) == []
    assert log.lands(log_1=[row(1), row(2)], log_2=[row(6)]) == []


def test_two_equal_rows_in_a_file_stay_two_also_after_they_were_put_back(log: Log) -> None:
    assert log.lands(log=[row(1), row(1)]) == [x(1), x(1)]
    assert log.lands(log=[row(1, "wrong")]) == [("1", "wrong", "upsert")]
    assert log.lands(log=[row(1), row(1)]) == [("1", "x", "restate")] * 2
    assert log.lands(log=[row(1), row(1), row(1)]) == [x(1)]
    assert log.lands(log=[row(1), row(1)]) == []
    assert log.lands(log=[row(1, "wrong")]) == [("1", "wrong", "restate")]
    assert log.lands(log=[row(1)] * 4) == [*[("1", "x", "restate")] * 3, x(1)], "each of the four once"


def test_the_right_one_of_two_contents_under_one_key_mends_when_the_other_is_taken_out(log: Log) -> None:
    """They came in one batch, and both are held (D4): the one that stays must come again to be believed."""
    log.lands(log=[row(1), row(1, "other"), row(2)])
    assert log.lands(log=[row(1, "other"), row(2)]) == [("1", "other", "restate")]


STATES_OF_7 = [("7", "2024-01-01", "new"), ("7", "2024-01-02", "active"), ("7", "2024-01-03", "closed")]


@pytest.mark.parametrize("key", [["id", "at"], ["id"]])
def test_states_of_one_record_in_one_file_land_once(tmp_path: Path, key: list[str]) -> None:
    """An audit log: under a key of its own each, and also under the record's id alone."""
    log = Log(tmp_path, primary_key=key)
    landed_rows = [log.lands(log=STATES_OF_7[:length]) for length in (2, 2, 3, 3)]
    assert [len(rows) for rows in landed_rows] == [2, 0, 1, 0]
    assert log.lands(log=STATES_OF_7[2:]) == [], "older states may be dropped"


def test_under_the_records_id_alone_older_states_come_again_with_a_correction(tmp_path: Path) -> None:
    """Which state took the place of which, such a key does not say."""
    log = Log(tmp_path, primary_key=["id"])
    log.lands(log=STATES_OF_7[:2])
    log.lands(log=[*STATES_OF_7[:2], ("7", "2024-01-03", "wrong")])
    assert log.lands(log=STATES_OF_7) == [
        ("7", "new", "restate"),
        ("7", "active", "restate"),
        ("7", "closed", "upsert"),
    ]
    assert log.lands(log=[*STATES_OF_7, row(1)]) == [x(1)]


def test_a_state_with_a_key_of_its_own_that_is_taken_out_stays(tmp_path: Path) -> None:
    """Its key is not shown with other contents, it is not shown at all: that is a row that vanished."""
    log = Log(tmp_path, primary_key=["id", "at"])
    log.lands(log=[("7", "2024-01-01", "new"), ("7", "2024-01-02", "wrong")])
    assert log.lands(log=[("7", "2024-01-01", "new")]) == []


def test_a_rotated_file_is_not_landed_twice(log: Log) -> None:
    log.lands(log=[row(1), row(2)])
    assert log.lands(log_1=[row(1), row(2)], log=[row(3)]) == [x(3)]
    assert log.lands(log_2=[row(1), row(2)], log_1=[row(3)], log=[]) == []
    with (log.folder / "log_2.csv").open("rb") as plain, gzip.open(log.folder / "log_2.csv.gz", "wb") as packed:
        shutil.copyfileobj(plain, packed)
    (log.folder / "log_2.csv").unlink()
    assert log.lands_again() == []


def test_a_rotation_of_states_under_the_records_id_takes_nothing_back(log: Log) -> None:
    """Each file has another state of record 7; every file is read again under a new name, and none is newer."""
    old, new = ("7", "2024-01-01", "old"), ("7", "2024-01-02", "new")
    log.lands(log_1=[old], log=[row(1)])
    assert log.lands(log_1=[old], log=[row(1), new]) == [("7", "new", "upsert")]
    assert log.lands(log_2=[old], log_1=[row(1), new], log=[]) == []
    assert log.lands(log_3=[old, row(9)], log_2=[row(1), new], log=[]) == [x(9)]


def test_another_file_that_is_as_it_was_landed_is_not_read_for_what_it_shows(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """fixes.csv has a newer content for 1: log.csv, which shows the older one whenever it grows, takes nothing back."""
    log.lands(log=[row(1)])
    log.lands(log=[row(1)], log_fixes=[row(1, "fixed")])
    monkeypatch.setattr(batches.append, "strike", lambda *_: pytest.fail("was read"))
    assert log.lands(log=[row(1), row(2)], log_fixes=[row(1, "fixed")]) == [x(2)]


def test_put_back_while_the_log_was_moved(log: Log) -> None:
    log.lands(log=[row(1), row(2)])
    log.lands(log=[row(1, "wrong"), row(2)])
    assert log.lands(log_1=[row(1), row(2)], log=[row(3)]) == [x(3), ("1", "x", "restate")]
    log.lands(log_1=[row(1, "wrong"), row(2)], log=[row(3)])
    assert log.lands(log_2=[row(1, "wrong"), row(2)], log_1=[row(3)], log=[]) == []
    assert log.lands(log_2=[row(1), row(2)], log_1=[row(3)], log=[]) == [("1", "x", "restate")]


def test_exports_under_new_names_of_which_the_old_ones_are_removed(log: Log) -> None:
    log.lands(log_may=[row(1)])
    log.lands(log_june=[row(1, "wrong")])
    assert log.lands(log_july=[row(1)]) == [("1", "x", "restate")]


def test_a_snapshot_that_becomes_a_log_shows_again_what_it_had_deleted(tmp_path: Path) -> None:
    Log(tmp_path, mode="snapshot").lands(log=[row(1), row(2)])
    Log(tmp_path, mode="snapshot").lands(log=[row(2)])
    assert Log(tmp_path).lands(log=[row(1), row(2)]) == [("1", "x", "restate")]
    assert Log(tmp_path, mode="snapshot").lands(log=[row(2)]) == [("1", "x", "delete")]


def test_a_column_declared_later_is_a_new_version_of_its_rows(tmp_path: Path) -> None:
    write(tmp_path / "acme", [row(1)])
    acme = load(tmp_path / "acme")
    narrow = {**FEEDS, "events": FEEDS["events"].__class__("events", ("id", "at"), frozenset({"id"}))}
    first = batches.land(acme, Settings(tmp_path / "home"), feeds=narrow)
    assert of_log(first)[0].undeclared == ("what",)
    land(acme, tmp_path / "home")
    assert landed(tmp_path / "home") == Counter([row(1), ("1", row(1)[1], None)])


def test_put_back_is_said(log: Log) -> None:
    lines: list[str] = []
    for what in ("x", "wrong", "x"):
        write(log.folder, [row(1, what), row(2)])
        land(log.acme, log.home, progress=lines.append)
    assert "log: log.csv: 2 records, 0 new, 1 put back" in lines


SLOW = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SLOW
@given(versions=st.lists(st.lists(st.sampled_from("abcd"), max_size=8), min_size=1, max_size=4))
def test_property_append_lands_the_fullest_multiset(
    versions: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever versions of a file are seen, in whatever order: of each content the most copies of any."""
    log = Log(tmp_path_factory.mktemp("append"))
    expected: Counter[str] = Counter()
    for version in versions:
        log.lands(log=rows_of(version))
        expected |= Counter(version)
    assert Counter({key[0]: count for key, count in landed(log.home).items()}) == expected


# Where a key's row stands (in one of two files, or nowhere), with which content, how often.
PLACES = st.tuples(st.sampled_from("-12"), st.sampled_from("ab"), st.integers(1, 2))
STATES = st.lists(st.fixed_dictionaries(dict.fromkeys("pqr", PLACES)), min_size=2, max_size=5)


@SLOW
@given(states=STATES)
def test_property_the_newest_landed_content_of_a_key_is_the_one_shown(
    states: list[dict[str, tuple[str, str, int]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Wherever a key's row stands now, what the source shows for it was landed last; what it does not show, stays."""
    log = Log(tmp_path_factory.mktemp("present"))
    present: dict[str, str] = {}
    fullest: Counter[tuple[str, str]] = Counter()
    for state in states:
        files: dict[str, list[Row]] = {"log_1": [], "log_2": []}
        for key, (file, what, copies) in state.items():
            if file != "-":
                files[f"log_{file}"] += [(key, "2024-01-01", what)] * copies
                present[key] = what
                fullest |= Counter({(key, what): copies})
        log.lands(**files)
        assert newest(log) == present
        assert log.lands_again() == []
    upserts = query(log.home, "select id, what from landing.events where _op = 'upsert'")
    assert Counter(upserts) == fullest


def newest(log: Log) -> dict[str, str]:
    """For each key the content in the newest batch that has it; two of them fail the test."""
    found: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for key, what, number in query(
        log.home, "select id, what, batch_number from landing.events join landing.ledger on _batch_id = batch_id"
    ):
        found[key][number].add(what)
    return {key: "".join(numbers[max(numbers)]) for key, numbers in found.items()}
