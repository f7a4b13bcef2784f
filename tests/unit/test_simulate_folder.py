"""The folder that `scorecard simulate` writes: its bytes, its words, what it refuses; and its flags.

Belongs here: files. Does not belong here: distributions (test_simulate_shape.py), published values (tests/oracle).
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from pipelines import cli
from pipelines import organisation as organisations
from pipelines.errors import UserError
from pipelines.organisation import RECORD_KINDS
from pipelines.settings import Settings
from pipelines.simulate import embedded, render, run, state, world, writers
from pipelines.simulate.kinds import KINDS, kind_of
from pipelines.simulate.progress import Progress
from pipelines.simulate.settings import SIGNALS, SimulationSettings, load_settings, simulator
from pipelines.simulate.table import numbered
from pipelines.simulate.versions import of as versions_of
from pipelines.simulate.words import VOCABULARIES
from tests.support import ROOT, scorecard

FLAGS = ("--teams", "4", "--services", "9", "--weeks", "9", "--sli-seconds", "3600", "--seed", "7")
ALL_CHEATS = tuple(f"{signal}:{('harbour', 'beacon', 'anchor', 'compass')[i % 4]}" for i, signal in enumerate(SIGNALS))
SETTINGS = SimulationSettings.model_validate(
    {"teams": 4, "services": 9, "weeks": 9, "sli_seconds": 3600, "seed": 7, "defects_share": 0, "cheats": ALL_CHEATS}
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everybody cheats, nothing is broken."""
    return run.simulate(tmp_path_factory.mktemp("simulated") / "organisation", SETTINGS, Progress(0, io.StringIO()))


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def records(folder: Path, kind: str) -> Iterator[dict[str, Any]]:
    for path in sorted((folder / "logs" / kind).iterdir()):
        if path.suffix == ".jsonl":
            yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())
        else:
            yield from pq.read_table(path).to_pylist()


def test_the_same_flags_are_the_same_bytes(tmp_path: Path) -> None:
    """In two processes, with one thread and with four, and another hash seed."""
    trees = []
    for threads, seed in (("1", "0"), ("4", "1234")):
        target = tmp_path / threads
        done = scorecard("simulate", target, *FLAGS, SCORECARD_THREADS=threads, PYTHONHASHSEED=seed)
        assert done.returncode == 0, done.stderr
        trees.append(tree(target))
    assert trees[0] == trees[1]
    assert len(trees[0]) > 500


def test_another_seed_is_another_organisation(tmp_path: Path, folder: Path) -> None:
    other = run.simulate(tmp_path / "other", SETTINGS.model_copy(update={"seed": 8}), Progress(0, io.StringIO()))
    mine, theirs = tree(folder), tree(other)
    assert [name for name in mine if name.startswith("logs/incidents/") and mine[name] == theirs.get(name)] == []


def test_every_record_kind_has_a_log_or_a_file(folder: Path) -> None:
    logged = {path.name for path in (folder / "logs").iterdir() if any(path.iterdir())}
    in_files = {"teams", "services"}
    assert logged | in_files == set(RECORD_KINDS)
    assert all(list(records(folder, kind)) for kind in logged)


def test_logs_are_dropped_by_the_day_they_were_recorded(folder: Path) -> None:
    for kind in KINDS:
        for path in sorted((folder / "logs" / kind.name).glob("*.jsonl")):
            days = {json.loads(line)["recorded_at"][:10] for line in path.read_text().splitlines()}
            assert days == {path.stem}, path


def test_some_records_are_late_and_some_are_corrected(folder: Path) -> None:
    versions = defaultdict(list)
    for record in records(folder, "deployments"):
        versions[record["source_record_id"]].append((record["updated_at"], record["outcome"]))
    outcomes = [[outcome for _, outcome in sorted(each)] for each in versions.values()]
    alarms = {record["source_record_id"] for record in records(folder, "incidents") if record["is_deleted"]}
    assert alarms
    assert alarms < {record["source_record_id"] for record in records(folder, "incidents") if not record["is_deleted"]}
    assert ["succeeded", "failed"] in [each[-2:] for each in outcomes]
    assert any(each[0] is None and each[-1] == "succeeded" for each in outcomes)
    lags = [
        record["recorded_at"] > record["performed_at"][:10] + "T23:59:59Z" for record in records(folder, "toil_entries")
    ]
    assert 5 < sum(lags) < len(lags) / 20


def test_no_person_appears_in_any_log(folder: Path) -> None:
    """Every text of every log is an id, an instant, a word of a vocabulary, or the name of a thing; nothing is free."""
    lists = render.name_lists(world.build(SETTINGS).structure)
    known = {word for words in VOCABULARIES.values() for word in words}
    known |= {name for names in lists.values() for name in names}
    shaped = re.compile(
        r"(INC|ev|hit|dep|rb|run|al|toil|cap|slov?|excl|pm|act|con|out|market|review)-\d{7}|v\d{7}|"
        r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?"
    )
    free = Counter()
    for path in sorted((folder / "logs").iterdir()):
        for record in records(folder, path.name):
            texts = [value for value in record.values() if isinstance(value, str)]
            free.update(text for text in texts if text not in known and not shaped.fullmatch(text))
    assert not free
    assert {column.name for kind in KINDS for column in kind.columns} & {
        "author",
        "opened_by",
        "approver",
        "email",
    } == set()
    words = (folder / "teams.csv").read_text() + (folder / "services.csv").read_text()
    assert "@" not in words


def test_the_scan_would_see_a_person(folder: Path) -> None:
    assert "person" in VOCABULARIES["actor"]
    assert "maria.lopez" not in {word for words in VOCABULARIES.values() for word in words}


def test_a_source_with_nothing_to_say_is_there_all_the_same(tmp_path: Path, folder: Path) -> None:
    made = world.build(SETTINGS)
    lists = render.name_lists(made.structure)
    for name in ("incidents", "alerts"):
        kind = kind_of(name)
        rows = versions_of(state.simulate(made, lambda step: None), name)
        with render.connect() as con:
            assert writers.write_kind(con, tmp_path, kind, rows.take(numbered(0)), lists, []) == []
    assert (tmp_path / "logs/incidents/empty.jsonl").read_bytes() == b""
    empty = pq.read_table(tmp_path / "logs/alerts/empty.parquet")
    full = pq.read_table(next((folder / "logs/alerts").iterdir()))
    assert len(empty) == 0
    assert empty.schema.names == full.schema.names


def test_samples_burn_while_an_incident_lasts(folder: Path) -> None:
    """Also one that nobody declared: monitoring does not cheat."""
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        row = con.execute(
            f"""
            with hit as (
                select s.slo, h.market, h.impact_started_at as low, h.impact_ended_at as high
                from '{folder}/truth/state/incident_services.parquet' as h
                inner join '{folder}/truth/state/incidents.parquet' as i using (incident)
                inner join '{folder}/truth/state/slos.parquet' as s on s.service = h.service
                where i.true_severity in ('sev1', 'sev2') and s.sli = 'availability'),
            samples as (
                select *, cast(starts_at as timestamp) as began
                from '{folder}/logs/sli_samples/*.parquet')
            select
                sum(valid - good) filter (where hit.slo is not null) / sum(valid) filter (where hit.slo is not null),
                sum(valid - good) filter (where hit.slo is null) / sum(valid) filter (where hit.slo is null),
                min(good), max(good - valid)
            from samples left join hit
                on samples.slo_id = 'slo-' || format('{{:07d}}', hit.slo) and samples.market = hit.market
                and began < hit.high and began + to_seconds(samples.seconds) > hit.low
            """
        ).fetchone()
    assert row is not None
    burning, usual, least, excess = row
    assert burning > 20 * usual
    assert least >= 0
    assert excess <= 0


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "mine"
    target.mkdir()
    (target / "notes.txt").write_text("keep me")
    with pytest.raises(UserError, match="holds files that simulate did not write"):
        run.simulate(target, SETTINGS, Progress(0, io.StringIO()))
    assert [path.name for path in tmp_path.rglob("*")] == ["mine", "notes.txt"]


def test_a_failure_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "organisation"
    small = SETTINGS.model_copy(update={"weeks": 4})
    run.simulate(target, small, Progress(0, io.StringIO()))
    before = tree(target)

    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(run.truth, "write", fail)
    with pytest.raises(OSError, match="the disk is full"):
        run.simulate(target, small.model_copy(update={"seed": 9}), Progress(0, io.StringIO()))
    assert tree(target) == before
    assert [path.name for path in tmp_path.iterdir()] == ["organisation"]
    monkeypatch.undo()
    run.simulate(target, small.model_copy(update={"seed": 9}), Progress(0, io.StringIO()))
    assert tree(target) != before


def test_the_folder_is_a_valid_organisation(folder: Path) -> None:
    organisation = organisations.load(folder)
    assert len(organisation.check_sources()) == sum(bool(kind.feed) for kind in KINDS) + 2 == 19
    assert len(organisation.services) >= 9
    effects = json.loads((folder / "truth/effects.json").read_text())
    assert effects["time_to_restore"]["change"] == -0.25
    assert effects["toil_minutes"]["change"] == -0.3
    named = sorted(team for cohort in effects["cohorts"] for team in cohort["teams"])
    assert named == sorted(row.text("team_id") for row in organisation.teams)


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--weeks", "2"], ["--weeks 2", "greater than or equal to 4"]),
        (["--teams", "many"], ["--teams many", "integer"]),
        (["--teams", "9", "--services", "3"], ["3 services for 9 teams", "one or more"]),
        (["--scenario", "miracle"], ["--scenario miracle", "'trend_effect'"]),
        (["--starts-on", "2025-01-07"], ["--starts-on 2025-01-07", "no Monday"]),
        (["--sli-seconds", "7"], ["--sli-seconds 7"]),
        (["--sli-seconds", "700"], ["--sli-seconds 700", "divide an hour"]),
        (["--time-zone", "Mars"], ["--time-zone Mars", "Europe/London"]),
        (["--as-of", "2025-02-01T00:00:00Z"], ["--as-of", "before the last week ends"]),
        (["--cheat", "silent_incidents:harbour"], ["silent_incidents", "did you mean 'silent_incident'"]),
        (["--cheat", "silent_incident:harbor"], ["harbor", "did you mean 'harbour'"]),
        (["--cheat", "silent_incident"], ["SIGNAL:TEAM:STRENGTH"]),
        (["--cheat", "silent_incident:harbour:2"], ["less than or equal to 1"]),
        (["--defects-share", "0.9"], ["--defects-share 0.9"]),
    ],
)
def test_wrong_flags_are_named_with_their_remedy(
    flags: list[str], words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["simulate", str(tmp_path / "x"), *flags]) == 2
    error = capsys.readouterr().err
    assert all(word in error for word in words), error
    assert not list(tmp_path.iterdir())


def test_help_explains_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["simulate", "--help"])
    assert stopped.value.code == 0
    text = capsys.readouterr().out
    for name in SimulationSettings.model_fields:
        assert "--" + name.replace("_", "-").replace("cheats", "cheat") in text
    assert all(signal in re.sub(r"\s+", " ", text) for signal in SIGNALS)


def test_progress_is_a_bar_on_a_terminal_and_lines_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for stream, shown in ((io.StringIO(), "simulate    one\n"), (Terminal(), "\rsimulate [####")):
        progress = Progress(2, stream)
        progress.step("one")
        progress.part(0.5)
        progress.step("two")
        progress.close()
        assert shown in stream.getvalue()


def test_a_folder_of_settings_is_generated_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stated = tmp_path / "tiny"
    stated.mkdir()
    (stated / "simulate.yml").write_text("name: tiny\nteams: 2\nservices: 3\nweeks: 4\nsli_seconds: 3600\n")
    settings = Settings.of(tmp_path / "home")
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    first = embedded.generated(stated, settings)
    assert first.parent == settings.home / "simulated"
    before = {path: path.stat().st_mtime_ns for path in first.rglob("*")}
    assert embedded.generated(stated, settings) == first
    assert {path: path.stat().st_mtime_ns for path in first.rglob("*")} == before
    (stated / "simulate.yml").write_text("name: tiny\nteams: 2\nservices: 3\nweeks: 5\nsli_seconds: 3600\n")
    assert embedded.generated(stated, settings) != first
    assert sorted(path.name for path in stated.iterdir()) == ["simulate.yml"]


def test_dagster_runs_on_a_folder_of_settings_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.orchestration.resources import ScorecardRun

    (tmp_path / "simulate.yml").write_text("name: tiny\nteams: 2\nservices: 3\nweeks: 4\nsli_seconds: 3600\n")
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    organisation = ScorecardRun(organisation_path=str(tmp_path), home=str(tmp_path / "home")).organisation()
    assert organisation.name == "tiny"
    assert organisation.folder.is_relative_to(tmp_path / "home/simulated")


def test_a_folder_with_an_organisation_is_run_as_it_is(tmp_path: Path) -> None:
    example = ROOT / "organisations/example"
    assert embedded.generated(example, Settings.of(tmp_path)) == example


def test_wrong_settings_in_a_file_are_named(tmp_path: Path) -> None:
    file = tmp_path / "simulate.yml"
    file.write_text("seeds: 3\nweeks: 1\n")
    with pytest.raises(UserError) as raised:
        load_settings(file)
    assert "seeds is no setting; did you mean 'seed'" in str(raised.value)
    assert f"{file}: weeks 1" in str(raised.value)


def test_the_demo_states_what_the_issue_asks(capsys: pytest.CaptureFixture[str]) -> None:
    stated = embedded.settings_in(ROOT / "organisations/demo")
    assert (stated.teams, stated.services, stated.weeks) == (12, 60, 65)
    assert cli.main(["check", str(ROOT / "organisations/demo")]) == 0
    assert "settings are valid" in capsys.readouterr().out


def test_a_changed_simulator_is_another_one(tmp_path: Path) -> None:
    for name in ("dirt.py", "truth.py"):
        (tmp_path / name).write_text("DRAWS = 1\n")
    before = simulator(tmp_path)
    assert simulator(tmp_path) == before
    (tmp_path / "truth.py").write_text("DRAWS = 2\n")
    assert simulator(tmp_path) != before
    assert simulator() not in (before, simulator(tmp_path))
