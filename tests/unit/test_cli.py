"""The command line: wrong use is told in words and with status 2, and nothing is written then."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import cli
from tests.support import ROOT


@pytest.mark.parametrize(
    ("as_of", "remedy"), [("yesterday", "2026-03-01T00:00:00Z"), ("2026-03-01T00:00:00", "has no offset")]
)
def test_an_instant_that_is_none_is_refused_with_its_remedy(
    as_of: str, remedy: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = cli.main(["run", str(ROOT / "organisations/example"), "--home", str(tmp_path), "--as-of", as_of])
    assert status == 2
    assert remedy in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(tmp_path / "nowhere")]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_check_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["check", str(ROOT / "organisations/example")]) == 0
    assert "sources answer" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_command_is_wrong_use() -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["publish-at-once"])
    assert stopped.value.code == 2


def test_a_home_without_releases_says_how_to_make_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["releases", "show", "20260101T000000Z-0123456789ab", "--home", str(tmp_path)]) == 2
    assert "scorecard run" in capsys.readouterr().err
