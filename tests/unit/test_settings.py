"""Where things live: options, environment, and names that are not known."""

from pathlib import Path

import pytest

from pipelines.errors import AuditRefused, ScorecardError, Transient, UserError
from pipelines.settings import Settings, dbt_project_dir


def test_home_is_the_option_then_the_environment_then_the_current_folder(tmp_path: Path) -> None:
    environ = {"SCORECARD_HOME": str(tmp_path / "b")}
    assert Settings.of(tmp_path / "a", environ=environ).home == tmp_path / "a"
    assert Settings.of(environ=environ).home == tmp_path / "b"
    assert Settings.of(environ={}).home == Path.cwd() / ".scorecard"


def test_nothing_is_created(tmp_path: Path) -> None:
    settings = Settings.of(tmp_path / "home")
    assert settings.warehouse_path.parent == settings.landing_dir.parent == tmp_path / "home"
    assert not settings.home.exists()


def test_an_unknown_engine_lists_the_known_ones() -> None:
    with pytest.raises(UserError, match=r"'sparc'.*duckdb"):
        Settings.of("x", engine="sparc")


@pytest.mark.parametrize("threads", [-1])
def test_threads_below_one_are_refused(threads: int) -> None:
    with pytest.raises(UserError, match="1 or more"):
        Settings.of("x", threads=threads)


def test_threads_of_the_environment_must_be_a_number() -> None:
    assert Settings.of("x", environ={"SCORECARD_THREADS": "3"}).threads == 3
    with pytest.raises(UserError, match="SCORECARD_THREADS"):
        Settings.of("x", environ={"SCORECARD_THREADS": "many"})


def test_the_dbt_project_is_found_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert (dbt_project_dir() / "dbt_project.yml").is_file()


def test_exit_statuses_are_those_of_the_interface() -> None:
    statuses = [error("x").exit_status for error in (ScorecardError, UserError, AuditRefused, Transient)]
    assert statuses == [1, 2, 3, 1]
    assert UserError.of(["a", "b"]).problems == ("a", "b")
    assert str(UserError.of(["a"])) == "a"
