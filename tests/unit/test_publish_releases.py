"""Releases: the gate, the atomic switch, the same bytes from the same rows, verification, rollback."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from data_quality import gates
from pipelines.errors import AuditRefused, ScorecardError, UserError
from pipelines.organisation import Organisation
from pipelines.publish import headline, release, releases
from pipelines.publish.manifest import Manifest
from pipelines.settings import Settings
from tests import scratch_warehouse
from tests.support import tables

Home = tuple[Organisation, Settings]


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Home:
    organisation, settings = scratch_warehouse.build(tmp_path_factory.mktemp("publish"))
    assert gates.audit_landing(settings).passed
    assert gates.audit_scorecard(settings, None).passed
    return organisation, settings


@pytest.fixture
def home(audited: Home, tmp_path: Path) -> Iterator[Home]:
    shutil.copytree(audited[1].home, tmp_path / "home", symlinks=True)
    yield audited[0], Settings(home=tmp_path / "home", threads=2)


def _audit_and_publish(home: Home) -> releases.ReleaseInfo:
    organisation, settings = home
    assert gates.audit_scorecard(settings, releases.current(settings), as_of_asked=True).passed
    return release.publish(settings, organisation)


def _second_release(home: Home) -> releases.ReleaseInfo:
    """One deployment more is an unplanned fix, under a new version of the metric."""
    scratch_warehouse.change(home[1], "update scorecard.metric_catalogue set definition = 'better said'")
    return _audit_and_publish(home)


def test_a_release_holds_what_interfaces_promise(home: Home) -> None:
    info = release.publish(*reversed(home))
    assert info.release_id.startswith("20260402T000000Z-") and len(info.release_id) == 29
    assert (home[1].releases_dir / "current").readlink() == Path(info.release_id)
    found = {str(path.relative_to(info.path)) for path in info.path.rglob("*") if path.is_file()}
    assert {
        "manifest.json",
        "scorecard.duckdb",
        "page/index.html",
        "tables/scorecard.metric_values.parquet",
    } <= found
    manifest = json.loads((info.path / "manifest.json").read_text())
    for key in (
        "release_id",
        "as_of",
        "engine",
        "versions",
        "inputs",
        "tables",
        "checks",
        "previous_release",
    ):
        assert key in manifest
    assert {"package", "metrics"} <= set(manifest["versions"])
    assert manifest["versions"]["policy"] == "default-1"
    assert all(check["passed"] for check in manifest["checks"])
    assert {one["source"] for one in manifest["inputs"]} >= {"incidents", "deployments", "runs"}


def test_every_row_carries_the_release_and_both_files_hold_the_same_rows(home: Home) -> None:
    info = release.publish(*reversed(home))
    con = duckdb.connect()
    con.execute(f"attach '{info.path}/scorecard.duckdb' as r (read_only)")
    for table in Manifest.read(info.path).tables:
        parquet = f"read_parquet('{info.path}/{table.file}')"
        assert con.execute(f"select count(*) from {parquet}").fetchone() == (table.rows,)
        assert con.execute(f"(from r.{table.name} except all from {parquet})").fetchall() == []
        if table.rows:
            assert con.execute(f"select distinct release_id from {parquet}").fetchall() == [(info.release_id,)]


def test_quality_shows_fates_and_checks(home: Home) -> None:
    info = release.publish(*reversed(home))
    parquet = f"read_parquet('{info.path}/tables/scorecard.quality.parquet')"
    sections = duckdb.execute(
        f"select section, count(*) > 0, bool_and(coalesce(passed, true)) from {parquet} group by 1 order by 1"
    )
    assert sections.fetchall() == [("check", True, True), ("rows", True, True)]


def test_bytes_do_not_depend_on_home_or_threads(home: Home, tmp_path: Path) -> None:
    digests = set()
    for threads in (1, 2, 4):
        shutil.copytree(home[1].home, tmp_path / str(threads))
        info = release.publish(Settings(home=tmp_path / str(threads), threads=threads), home[0])
        digests.add((info.release_id, *sorted(tables(info.path).items())))
    assert len(digests) == 1


def test_large_tables_have_the_same_bytes_whatever_the_threads_and_memory(tmp_path: Path) -> None:
    """Several row groups, sorted by a column with many ties, with spilling."""
    from pipelines.publish import tables as publication

    digests = set()
    for threads, limit in ((1, "200MB"), (2, "1GB"), (3, "400MB")):
        folder = tmp_path / str(threads)
        folder.mkdir()
        con = duckdb.connect(config={"threads": threads})
        con.execute("attach ':memory:' as warehouse")
        con.execute("create schema warehouse.delivery; create schema warehouse.scorecard")
        con.execute(
            "create table warehouse.delivery.fct_deployments as select timestamp '2026-01-01' "
            "+ interval (i % 977) minute as deployed_at, 'd' || hash(i) as deployment_id, i % 7 = 0 as is_failed "
            f"from range(500000) as t(i) order by hash(i + {threads})"
        )
        con.execute("use warehouse")
        publication.write(con, folder, "r", memory_limit=limit)
        con.close()
        digests.add(tuple(sorted(tables(folder).items())))
        assert sorted(path.name for path in folder.iterdir()) == ["scorecard.duckdb", "tables"]
    assert len(digests) == 1


def test_publishing_again_is_the_same_release(home: Home) -> None:
    first = release.publish(*reversed(home))
    before = (first.path / "manifest.json").stat().st_mtime_ns
    assert release.publish(*reversed(home), run={"run_id": "another"}) == first
    assert (first.path / "manifest.json").stat().st_mtime_ns == before


def test_no_audit_no_release(home: Home) -> None:
    shutil.rmtree(home[1].audit_dir)
    with pytest.raises(AuditRefused, match="have not been audited") as refused:
        release.publish(*reversed(home))
    assert refused.value.exit_status == 3
    assert releases.current(home[1]) is None


@pytest.mark.parametrize(
    "change",
    [
        "update scorecard.metric_values set numerator = numerator + 1 where entity_id = 'checkout'",
        "delete from delivery.fct_deployments where deployment_id = 'D-0001'",
        "insert into delivery.fct_deployments from delivery.fct_deployments limit 1",
        "alter table scorecard.freshness add column note varchar",
        "create table core.dim_extra as select 1 as one",
    ],
)
def test_rows_that_changed_after_their_audit_are_refused(home: Home, change: str) -> None:
    scratch_warehouse.change(home[1], change)
    with pytest.raises(AuditRefused, match="changed after their audit"):
        release.publish(*reversed(home))


def test_rows_landed_after_the_audit_are_refused(home: Home) -> None:
    """The landing door's verdict is tied to its batches too."""
    path = next(home[1].batches_dir.glob("records_incidents/*/batch.json"))
    path.write_text(path.read_text().replace('"source": "incidents"', '"source": "incidents2"'))
    with pytest.raises(AuditRefused, match="landing rows changed"):
        release.publish(*reversed(home))


def test_a_failed_audit_is_refused_with_its_reasons(home: Home) -> None:
    scratch_warehouse.change(home[1], "update scorecard.metric_values set status = 'fine' where entity_id = 'checkout'")
    assert not gates.audit_scorecard(home[1], None).passed
    with pytest.raises(AuditRefused, match="status=fine") as refused:
        release.publish(*reversed(home))
    assert any(reason.startswith("vocabulary_status:") for reason in refused.value.reasons)


def test_leftovers_of_a_kill_are_removed(home: Home) -> None:
    folder = home[1].releases_dir
    (folder / ".staging-20260101T000000Z-abc" / "tables").mkdir(parents=True)
    (folder / ".current-123").symlink_to("nowhere")
    info = release.publish(*reversed(home))
    assert sorted(path.name for path in folder.iterdir()) == sorted([info.release_id, "current"])


def test_a_release_without_its_switch_is_found_again(home: Home) -> None:
    """Killed between the rename and the switch: the next run verifies it and switches."""
    info = release.publish(*reversed(home))
    (home[1].releases_dir / "current").unlink()
    assert release.publish(*reversed(home)).release_id == info.release_id
    assert releases.current(home[1]) == info.path


def test_a_damaged_release_is_not_switched_to(home: Home) -> None:
    info = release.publish(*reversed(home))
    (home[1].releases_dir / "current").unlink()
    with (info.path / "scorecard.duckdb").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ScorecardError, match="is damaged"):
        release.publish(*reversed(home))
    assert releases.current(home[1]) is None


def test_readers_of_the_former_release_are_undisturbed(home: Home) -> None:
    first = release.publish(*reversed(home))
    reader = duckdb.connect()
    reader.execute(f"attach '{home[1].releases_dir}/current/scorecard.duckdb' as r (read_only)")
    second = _second_release(home)
    assert second.release_id != first.release_id and second.previous_release == first.release_id
    assert reader.execute("select distinct release_id from r.scorecard.metric_values").fetchall() == [
        (first.release_id,)
    ]
    assert "is intact" in releases.verify(home[1], first.release_id)


def test_rollback_and_list(home: Home) -> None:
    first = release.publish(*reversed(home))
    second = _second_release(home)
    assert [one.is_current for one in releases.list_releases(home[1]) if one.release_id == second.release_id] == [True]
    assert (
        releases.rollback(home[1], first.release_id) == f"current is now {first.release_id} (was {second.release_id})"
    )
    assert releases.current(home[1]) == first.path
    listed = releases.describe_all(home[1])
    assert f"* {first.release_id}" in listed and f"  {second.release_id}" in listed
    assert "inputs" in releases.describe(home[1], "current")


def test_unknown_release_lists_the_known(home: Home) -> None:
    info = release.publish(*reversed(home))
    for call in (releases.show, releases.verify, releases.rollback, releases.describe):
        with pytest.raises(UserError, match=info.release_id) as unknown:
            call(home[1], "20200101T000000Z-000000000000")
        assert unknown.value.exit_status == 2
    with pytest.raises(UserError):
        releases.show(home[1], "../landing")


@pytest.mark.parametrize("fault", ["flip", "missing", "stray", "forged"])
def test_verify_finds_damage(home: Home, fault: str) -> None:
    info = release.publish(*reversed(home))
    target = info.path / "tables" / "scorecard.exclusions.parquet"
    if fault == "flip":
        content = bytearray(target.read_bytes())
        content[len(content) // 2] ^= 0xFF
        target.write_bytes(content)
    elif fault == "missing":
        target.unlink()
    elif fault == "stray":
        (info.path / "notes.txt").write_text("x")
    else:  # rows changed, and the manifest's hash with them: the digest and the id still tell
        duckdb.execute(f"copy (select * from read_parquet('{target}') limit 1) to '{target}.new' (format parquet)")
        Path(f"{target}.new").replace(target)
        from pipelines.publish.manifest import sha256_of

        path = info.path / "manifest.json"
        manifest = json.loads(path.read_text())
        for table in manifest["tables"]:
            if table["name"] == "scorecard.exclusions":
                table["sha256"] = sha256_of(target)
        path.write_text(json.dumps(manifest))
    with pytest.raises(AuditRefused, match="is not what was published"):
        releases.verify(home[1], info.release_id)


def test_headline_says_what_changed_since_the_quarter_before(home: Home, tmp_path: Path) -> None:
    """The scratch organisation has one closed quarter: what it had before is invented, in a copy of its release."""
    folder = shutil.copytree(_audit_and_publish(home).path, tmp_path / "release")
    table = folder / "tables" / "scorecard.changes.parquet"
    with duckdb.connect() as con:
        con.execute(f"create table changes as from read_parquet('{table}')")
        con.execute(
            "update changes set previous_value = 1, change_kind = 'difference', change = -0.05, change_low = -0.1, "
            "change_high = -0.01, change_unit = 'ratio', verdict = 'better', reason = null "
            "where metric_id = 'change_fail_rate' and period_type = 'quarter'"
        )
        con.execute(f"copy changes to '{table}' (format parquet)")
    (line,) = [line for line in headline.text(folder).splitlines() if "Change fail rate" in line]
    assert line.endswith("), better than Q4 2025: -5 points")
    table.unlink()
    assert "Q4 2025" not in headline.text(folder)


def test_headline_says_unknown_in_words(home: Home) -> None:
    scratch_warehouse.change(
        home[1],
        "update scorecard.metric_values set status = 'missing_source', value = null, low = null, high = null "
        "where metric_id = 'rollback_rate'; delete from scorecard.changes where metric_id = 'rollback_rate'",
    )
    info = _audit_and_publish(home)
    lines = headline.text(info.path).splitlines()
    assert lines[-1] == "  No source speaks of: Rollback rate"
    assert not any("Rollback rate" in line for line in lines[:-1])
    assert any("Q1 2026" in line and "per service-month" in line for line in lines)
    assert not any("Q4 2025" in line for line in lines), "there is no quarter before"
    assert headline.text(None) == "nothing is released yet"
