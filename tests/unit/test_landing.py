"""Landing: exactly once, every version kept, the instant of the run fixed."""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines import organisation
from pipelines.errors import Transient, UserError
from pipelines.landing import batches, cursors, ledger, run, views
from pipelines.landing.lock import home_lock
from pipelines.policy import DEFAULT_FILE
from pipelines.settings import Settings
from tests.unit.landing_support import (
    FEEDS,
    land,
    landed,
    load,
    of_log,
    query,
    row,
    rows_of,
    source,
    write,
    write_folder,
)

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


def test_a_replay_is_a_no_op(tmp_path: Path) -> None:
    write(tmp_path / "acme", [row(1), row(2), row(2)])
    acme = load(tmp_path / "acme")
    first = land(acme, tmp_path / "home")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "home" / "landing" / "batches").rglob("*")}
    again = land(acme, tmp_path / "home")
    after = {path: path.stat().st_mtime_ns for path in (tmp_path / "home" / "landing" / "batches").rglob("*")}
    assert len(first.new) == 10
    assert (again.new, again.batches, again.as_of) == ([], first.batches, first.as_of)
    assert before == after
    assert landed(tmp_path / "home") == Counter([row(1), row(2), row(2)])


def snapshot(folder: Path) -> Any:
    return load(folder, [source(mode="snapshot")])


def ops(home: Path) -> Counter[tuple[Any, ...]]:
    return landed(home, columns="id, what, _op")


def test_what_vanishes_from_a_snapshot_is_a_tombstone(tmp_path: Path) -> None:
    acme = snapshot(tmp_path / "acme")
    write(tmp_path / "acme", [row(1), row(2)])
    land(acme, tmp_path / "home")
    write(tmp_path / "acme", [row(1, "changed"), row(3)])
    result = land(acme, tmp_path / "home")
    assert ops(tmp_path / "home") == Counter(
        [
            ("1", "x", "upsert"),
            ("2", "x", "upsert"),
            ("1", "changed", "upsert"),
            ("3", "x", "upsert"),
            ("2", "x", "delete"),
        ]
    )
    assert [info.deletes for info in of_log(result)] == [0, 1]
    rows = query(tmp_path / "home", "select _batch_id, _file, _row from landing.events")
    assert len(rows) == len(set(rows))


def test_a_snapshot_row_may_return_and_go_again(tmp_path: Path) -> None:
    acme = snapshot(tmp_path / "acme")
    for rows in ([row(1)], [row(2)], [row(1)], [row(2), row(1)], [row(2)], [row(2)]):
        write(tmp_path / "acme", rows)
        land(acme, tmp_path / "home")
    one = query(
        tmp_path / "home",
        """select batch_number, _op from landing.events
        join landing.ledger on _batch_id = batch_id where id = '1' order by 1""",
    )
    assert one == [(1, "upsert"), (2, "delete"), (3, "upsert"), (5, "delete")]


def test_the_folder_is_a_source_with_history(tmp_path: Path) -> None:
    write(tmp_path / "acme", [row(1)])
    land(load(tmp_path / "acme", services="web,Web,,1,,,\napi,Api,,,,,\n"), tmp_path / "home")
    result = land(load(tmp_path / "acme", services="web,Web,,2,,,\n"), tmp_path / "home")
    assert landed(tmp_path / "home", "organisation_services", "service_id, tier, _op") == Counter(
        [("web", "1", "upsert"), ("api", None, "upsert"), ("web", "2", "upsert"), ("api", None, "delete")]
    )
    assert len(result.new) == 1
    coverage = query(
        tmp_path / "home",
        "select source, kind, service_id, covers_from, covers_to from landing.organisation_coverage",
    )
    assert coverage == [("log", "incidents", None, "2024-01-01T00:00:00.000000Z", "2024-12-31T00:00:00.000000Z")]


def test_a_goal_that_is_moved_is_landed_again_and_the_others_are_not(tmp_path: Path) -> None:
    write(tmp_path / "acme", [row(1)])
    acme, home, columns = load(tmp_path / "acme"), tmp_path / "home", "policy_version, metric_id, tier, target, _op"
    land(acme, home)
    before = landed(home, "organisation_policy", columns)
    own = DEFAULT_FILE.read_text().replace("default-1", "ours")
    (tmp_path / "acme" / "policy.yml").write_text(own)
    land(load(tmp_path / "acme"), home)
    replaced = landed(home, "organisation_policy", columns) - before
    assert Counter(op for *_, op in replaced.elements()) == {"upsert": len(acme.policy.metrics), "delete": len(before)}
    (tmp_path / "acme" / "policy.yml").write_text(own.replace("target: 0.05 ", "target: 0.08 "))
    land(load(tmp_path / "acme"), home)
    moved = landed(home, "organisation_policy", columns) - before - replaced
    assert moved == Counter(("ours", "change_fail_rate", tier, "0.08", "upsert") for tier in "1234")


def test_the_same_batches_in_two_homes_and_with_one_or_two_threads(tmp_path: Path) -> None:
    write(tmp_path / "acme", [(str(n), f"2024-01-01T00:00:00.{n:06d}Z", "w" * (n % 50)) for n in range(130_000)])
    acme = load(tmp_path / "acme")
    one = land(acme, tmp_path / "one", threads=1, as_of=NOON)
    two = land(acme, tmp_path / "two", threads=2, as_of=datetime(2024, 6, 1, tzinfo=UTC))
    assert one.new == two.new
    assert [info.sha256 for info in one.batches] == [info.sha256 for info in two.batches]
    assert {info.extracted_at for info in one.batches} == {NOON}


def test_a_broken_file_lands_nothing_of_any_source(tmp_path: Path) -> None:
    write(tmp_path / "acme", [row(1)])
    (tmp_path / "acme" / "bad.csv").write_text("id,at,what\n1,2\n")
    acme = load(tmp_path / "acme", [source("good"), source("poor", path="bad.csv")])
    with pytest.raises(UserError, match="row 1"):
        land(acme, tmp_path / "home")
    assert not list((tmp_path / "home" / "landing").glob("batches/*/*"))


def test_last_record_is_the_newest_cursor_of_all_sources(tmp_path: Path) -> None:
    write(tmp_path / "acme", [row(1), row(9)])
    (tmp_path / "acme" / "b.csv").write_text("id,at,what\n1,12/01/2024 9:30,x\n2,?,x\n3,31/13/2024 00:00,x\n")
    other = source("other", path="b.csv", date_order="day_first", time_zone="Europe/Paris")
    acme = load(tmp_path / "acme", [source(), other])
    assert land(acme, tmp_path / "home").as_of == datetime(2024, 1, 12, 8, 30, tzinfo=UTC)
    moved = load(tmp_path / "acme", [source(), {**other, "time_zone": "UTC"}])
    assert land(moved, tmp_path / "home").as_of == datetime(2024, 1, 12, 9, 30, tzinfo=UTC)


def test_last_record_without_any_cursor_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / "acme", [("1", "someday", "x")])
    with pytest.raises(UserError, match="no `cursor` holds a readable instant"):
        land(load(tmp_path / "acme"), tmp_path / "home")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05+00:00"),
        ("2024-01-02T03:04:05.6789+01:00", "2024-01-02T02:04:05.678900+00:00"),
        ("2021-07-07T10:00:00-00:00", "2021-07-07T10:00:00+00:00"),
        ("2024-01-02 3:04", "2024-01-02T02:04:00+00:00"),
        ("2024-01-02 03:04:05 UTC", "2024-01-02T03:04:05+00:00"),
        ("2024-01-02", "2024-01-01T23:00:00+00:00"),
        ("2024-01-02T123:04", None),
        ("2024-02-30", None),
        ("infinity", None),
        ("?", None),
    ],
)
def test_cursors_are_parsed_strictly(text: str, expected: str | None) -> None:
    found = cursors.parse(text, "iso", organisation.known_zone("Europe/Paris"))
    assert (found.isoformat() if found else None) == expected


def test_a_day_first_date_does_not_swap() -> None:
    utc = organisation.known_zone("UTC")
    assert cursors.parse("5/3/2016 12:00", "day_first", utc) == datetime(2016, 3, 5, 12, tzinfo=UTC)
    assert cursors.parse("5/3/2016 12:00", "month_first", utc) == datetime(2016, 5, 3, 12, tzinfo=UTC)


def test_a_value_that_only_the_quick_cast_reads_is_not_the_newest(tmp_path: Path) -> None:
    write(
        tmp_path / "acme",
        [row(1), ("2", "2030-01-01 00:00:00 Europe/Paris", "x"), ("3", "2024-02-01 9:15", "x")],
    )
    assert land(load(tmp_path / "acme"), tmp_path / "home").as_of == datetime(2024, 2, 1, 9, 15, tzinfo=UTC)


class Clock:
    """A clock that ticks a day a look."""

    def __init__(self) -> None:
        self.looks = 0

    def __call__(self) -> datetime:
        self.looks += 1
        return datetime(2024, 5, self.looks, tzinfo=UTC)


def test_now_is_kept_until_the_run_has_ended(tmp_path: Path) -> None:
    write(tmp_path / "acme", [row(1)])
    acme, clock = load(tmp_path / "acme", as_of="now"), Clock()
    first = land(acme, tmp_path / "home", clock=clock).as_of
    write(tmp_path / "acme", [row(1), row(2)])
    resumed = land(acme, tmp_path / "home", clock=clock)
    assert first == resumed.as_of == datetime(2024, 5, 1, tzinfo=UTC)
    assert {info.extracted_at for info in resumed.batches} == {first}
    batches.finish_run(Settings(tmp_path / "home"))
    assert land(acme, tmp_path / "home", clock=clock).as_of == datetime(2024, 5, 2, tzinfo=UTC)


def test_a_given_instant_overrides_and_needs_an_offset(tmp_path: Path) -> None:
    write(tmp_path / "acme", [row(1)])
    acme = load(tmp_path / "acme", as_of="now")
    assert land(acme, tmp_path / "home", as_of=NOON).as_of == NOON
    with pytest.raises(UserError, match="no offset"):
        land(acme, tmp_path / "home", as_of=datetime(2024, 1, 1))  # noqa: DTZ001


def test_two_organisations_may_share_a_home(tmp_path: Path) -> None:
    for name, number in (("acme", 1), ("emca", 2)):
        write(tmp_path / name, [row(number)])
        land(load(tmp_path / name, name=name), tmp_path / "home")
    assert landed(tmp_path / "home") == Counter([row(2)])
    land(load(tmp_path / "acme"), tmp_path / "home")
    assert landed(tmp_path / "home") == Counter([row(1)])


def test_the_ledger_and_the_run_are_views(tmp_path: Path) -> None:
    write(tmp_path / "acme", [row(1)])
    result = land(load(tmp_path / "acme", time_zone="Europe/Paris"), tmp_path / "home", as_of=NOON)
    kinds = query(tmp_path / "home", "select column_name, data_type from duckdb_columns() where table_name = 'ledger'")
    assert dict(kinds) == {
        "batch_id": "VARCHAR", "batch_number": "BIGINT", "source": "VARCHAR", "feed": "VARCHAR",
        "file": "VARCHAR", "rows": "BIGINT", "sha256": "VARCHAR", "extracted_at": "TIMESTAMP",
    }  # fmt: skip
    found = query(tmp_path / "home", "select batch_id from landing.ledger where source = 'log'")
    assert found == [(info.batch_id,) for info in result.batches if info.source == "log"]
    naive = NOON.replace(tzinfo=None)
    assert query(tmp_path / "home", "from landing.run") == [("acme", "Acme", "Europe/Paris", naive)]
    assert query(tmp_path / "home", "select * from landing.pages") == []


def test_views_need_a_landing(tmp_path: Path) -> None:
    import duckdb

    with duckdb.connect() as con, pytest.raises(UserError, match="nothing was landed"):
        views.register(con, Settings(tmp_path), FEEDS)


def test_a_damaged_landing_zone_is_noticed(tmp_path: Path) -> None:
    write(tmp_path / "acme", [row(1)])
    acme = load(tmp_path / "acme")
    (info,) = of_log(land(acme, tmp_path / "home"))
    ledger.verify([info])
    content = bytearray(info.rows_path.read_bytes())
    content[20] ^= 1
    info.rows_path.write_bytes(content)
    with pytest.raises(UserError, match="SHA-256 differs"):
        ledger.verify([info])
    info.rows_path.write_bytes(content[:-1])
    with pytest.raises(UserError, match="restore the landing zone"):
        land(acme, tmp_path / "home")


def test_a_batch_says_how_it_came(tmp_path: Path) -> None:
    write(tmp_path / "acme", [row(1)])
    (info,) = of_log(land(load(tmp_path / "acme"), tmp_path / "home"))
    content = json.loads((info.folder / "batch.json").read_text())
    assert content["rows"] == content["rows_read"] == 1
    assert content["cursor_max"] == "2024-01-01T00:00:00+00:00"
    assert str(tmp_path) not in json.dumps(content)


def test_one_run_a_home(tmp_path: Path) -> None:
    where = Settings(tmp_path)
    with home_lock(where), home_lock(where):
        if (child := os.fork()) == 0:
            from pipelines.landing import lock

            lock._held.clear()
            try:
                with home_lock(where):
                    os._exit(0)
            except Transient as error:
                os._exit(7 if f"process {os.getppid()}" in str(error) else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    with home_lock(where):
        pass


def test_a_damaged_run_file_is_named(tmp_path: Path) -> None:
    where = Settings(tmp_path)
    where.landing_dir.mkdir(parents=True)
    where.run_path.write_text("{")
    with pytest.raises(UserError, match=r"run\.json"):
        run.read(where)
    run.finish(Settings(tmp_path / "empty"))


VERSIONS = st.lists(st.lists(st.sampled_from("abcd"), max_size=8), min_size=1, max_size=4)
SLOW = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SLOW
@given(versions=VERSIONS)
def test_property_snapshot_can_be_replayed_from_its_operations(
    versions: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The latest batch of every key, unless a tombstone, is the latest version of the file."""
    folder = tmp_path_factory.mktemp("snapshot")
    acme = load(folder / "acme", [source(mode="snapshot")], as_of="2024-05-01T00:00:00Z")
    for version in versions:
        write(folder / "acme", rows_of(version))
        land(acme, folder / "home", threads=1)
    operations = query(
        folder / "home",
        "select id, _op, batch_number from landing.events join landing.ledger on _batch_id = batch_id",
    )
    newest = {key: max(number for other, _, number in operations if other == key) for key, *_ in operations}
    alive = Counter(key for key, op, number in operations if op == "upsert" and number == newest[key])
    assert alive == Counter(versions[-1])


def test_real_files_land_whole(real_data: Path, tmp_path: Path) -> None:
    root = Path(__file__).parents[2] / "organisations"
    counts = {"jenkins": {"status_page": 754, "kubernetes_management": 7706},
              "govuk": {"image_tags": 77287, "ownership": 1312},
              "servicenow": {"audit_log": 141712}}  # fmt: skip
    for name, expected in counts.items():
        acme = organisation.load(root / name)
        result = batches.land(acme, Settings(tmp_path / name))
        assert {info.source: info.rows for info in result.batches if info.source != "organisation"} == expected
        assert batches.land(acme, Settings(tmp_path / name)).new == []


def test_real_pages_read_from_the_archive_are_those_of_the_last_revisions(real_data: Path, tmp_path: Path) -> None:
    import gzip

    from pipelines.extract import front_matter

    newest: dict[str, dict[str, Any]] = {}
    with gzip.open(real_data / "jenkins_infra" / "incident_revisions.jsonl.gz") as stream:
        for line in stream:
            revision = json.loads(line)
            newest[revision["file"]] = revision
    pages = {**source(feed="pages", reader="front_matter", primary_key=["file"], cursor=None),
             "path": str(real_data / "jenkins_infra" / "issues.tar.gz"), "member": "issues/*"}  # fmt: skip
    acme = load(tmp_path / "acme", [pages], as_of="2026-07-01T00:00:00Z")
    (unit,) = front_matter_units(acme)
    rows = [front_matter.page(file, content) for file, content in front_matter._pages(unit, acme.sources[0])]
    assert len(rows) == 298
    for found in rows:
        revision = newest[str(found["file"])]
        for key in ("title", "date", "resolved", "resolvedWhen", "severity", "section", "front_matter_error"):
            assert (found.get(key) or "") == (revision.get(key) or ""), (found["file"], key)


def front_matter_units(acme: Any) -> Any:
    from pipelines.extract import files

    return files.units(acme.sources[0])


@pytest.mark.parametrize(("reader", "content"), [("jsonl", ""), ("jsonl", "\n"), ("csv", "id,at,what\n")])
def test_a_source_without_records_is_an_empty_batch(tmp_path: Path, reader: str, content: str) -> None:
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "log").write_text(content)
    acme = load(tmp_path / "acme", [source(reader=reader, path="log")], as_of="now")
    assert [info.rows for info in of_log(land(acme, tmp_path / "home"))] == [0]
    assert query(tmp_path / "home", "from landing.events") == []
    (tmp_path / "acme" / "log").write_text(content + ("1,a,x\n" if reader == "csv" else '{"id": 1, "at": "a"}\n'))
    assert [info.rows for info in of_log(land(acme, tmp_path / "home"))] == [0, 1]


def test_a_folder_written_again_is_the_same_folder(tmp_path: Path) -> None:
    write(tmp_path / "acme", [row(1)])
    land(load(tmp_path / "acme"), tmp_path / "home")
    write_folder(tmp_path / "acme")
    assert land(organisation.load(tmp_path / "acme"), tmp_path / "home").new == []
