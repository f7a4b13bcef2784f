"""The stored verdict, the fingerprint that it is tied to, and the process that Great Expectations runs in."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from data_quality import fingerprint, report
from data_quality.report import Check, Report
from data_quality.worker import Worker
from pipelines.errors import ScorecardError
from tests.support import ROOT

GOOD = Check("a", "scorecard", True, "3 rows", "")
BAD = Check("b", "scorecard", False, "0 rows", "expected: rows")


def test_report_survives_storage(tmp_path: Path) -> None:
    stored = Report((GOOD, BAD), "f" * 64, "scorecard")
    stored.save(tmp_path)
    assert report.load(tmp_path, "scorecard") == stored
    assert [path.name for path in tmp_path.iterdir()] == ["scorecard.json"]


def test_report_passes_only_when_something_was_checked() -> None:
    assert Report((GOOD,), "f").passed
    assert not Report((), "f").passed
    assert not Report((GOOD, BAD), "f").passed
    assert Report((GOOD, BAD), "f").failures == ("b: expected: rows",)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"checks": []}', '{"checks": [1], "fingerprint": "", "door": ""}'])
def test_broken_report_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "scorecard.json").write_text(text)
    assert report.load(tmp_path, "scorecard") is None


def _print(sql: str, *before: str) -> fingerprint.TablePrint:
    con = duckdb.connect()
    for statement in before:
        con.execute(statement)
    return fingerprint.print_of(con, f"({sql})")


ROWS = "select * from (values (1, 'a'), (2, null), (2, null)) as t(id, name)"


def test_fingerprint_does_not_depend_on_order_or_threads() -> None:
    assert _print(ROWS) == _print(f"{ROWS} order by id desc")
    many = "select i % 1000 as id, 'x' || i as name from range(300000) as t(i)"
    assert _print(many, "set threads = 1") == _print(f"{many} order by name", "set threads = 2")


@pytest.mark.parametrize(
    "other",
    [
        "select distinct * from (values (1, 'a'), (2, null), (2, null)) as t(id, name)",
        "select * from (values (1, 'a'), (2, null)) as t(id, name)",
        "select * from (values (1, 'a'), (2, null), (2, '')) as t(id, name)",
        "select * from (values (1, 'a'), (2, null), (3, null)) as t(id, name)",
        "select * from (values (1, 'a'), (2, null), (2, null)) as t(id, title)",
        "select * from (values (1::bigint, 'a'), (2, null), (2, null)) as t(id, name)",
    ],
)
def test_fingerprint_sees_every_difference(other: str) -> None:
    """A duplicate dropped, a row lost, null made empty, a value, a name, a type."""
    assert _print(ROWS) != _print(other)


def test_fingerprint_of_no_rows_is_one_of_columns() -> None:
    assert _print(f"{ROWS} limit 0") != _print("select 1 as other limit 0")


def test_worker_says_why_it_died(tmp_path: Path) -> None:
    worker = Worker()
    try:
        with pytest.raises(ScorecardError, match="audit ended before it answered"):
            worker.ask([("frame", {"a": [1], "_row": [0]}, ("_row",), [("x", "expect_nothing_of_the_sort", {})])])
    finally:
        worker.close()


def test_worker_ends_with_its_parent_however_it_ends(tmp_path: Path) -> None:
    """kill -9 of the pipeline must not leave a process of 300 MB behind."""
    import subprocess
    import sys
    import time

    code = "from data_quality.worker import WORKER; WORKER.start(); print(WORKER._process.pid, flush=True); input()"
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 120
    while _is_running(child) and time.monotonic() < deadline:
        time.sleep(0.5)
    assert not _is_running(child)


def _is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
