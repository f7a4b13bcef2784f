"""The organisation folder: what is right loads; what is wrong is named with file, line, key and remedy."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines import organisation
from pipelines.errors import UserError
from tests.unit.landing_support import COVERS, FEEDS, THRESHOLD, csv_text, load, source, write_folder


def problems(folder: Path) -> tuple[str, ...]:
    with pytest.raises(UserError) as caught:
        organisation.load(folder)
    assert caught.value.exit_status == 2
    return caught.value.problems


def yaml_problems(tmp_path: Path, text: str) -> tuple[str, ...]:
    write_folder(tmp_path)
    (tmp_path / "organisation.yml").write_text(text)
    return problems(tmp_path)


MINIMAL = """name: acme
title: Acme
as_of: now
sources:
  - name: log
    feed: events
    reader: csv
    path: log.csv
    primary_key: [id]
    covers:
      - {kind: incidents, from: 2024-01-01T00:00:00Z}
    quarantine_threshold: {share: 0.05, reason: typed by hand}
"""


def test_a_folder_loads(tmp_path: Path) -> None:
    acme = load(tmp_path, time_zone="Europe/London", services="web,Web,,1,www|site,2024-01-01,\n")
    assert (acme.name, acme.as_of, acme.sources[0].mode) == ("acme", "last_record", "append")
    assert acme.services[0].names("service_id") == ["web", "www", "site"]
    assert acme.sources[0].covers[0].covers_from == datetime(2024, 1, 1, tzinfo=UTC)


def test_a_date_is_midnight_of_the_reporting_zone(tmp_path: Path) -> None:
    covers = [{"kind": "incidents", "from": "2024-07-01"}]
    acme = load(tmp_path, [source(covers=covers)], time_zone="Europe/London")
    assert acme.sources[0].covers[0].covers_from == datetime(2024, 6, 30, 23, tzinfo=UTC)


def test_an_explicit_instant_is_utc(tmp_path: Path) -> None:
    assert load(tmp_path, as_of="2024-07-01T01:00:00+01:00").as_of == datetime(2024, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "after", "line", "expected"),
    [
        ("as_of: now", "as_of: 2024-01-01T00:00:00", 3, "has no offset"),
        ("as_of: now", "as_of: yesterday", 3, "or last_record, or now"),
        ("as_of: now", "as_of: now\ntime_zone: Europe/Lundon", 4, "not an IANA time zone"),
        ("    path: log.csv", "    path: ${SCORECARD_NOT_SET}/x", 8, "SCORECARD_NOT_SET is not set"),
        ("    feed: events", "    fed: events", 6, "did you mean 'feed'?"),
        ("    reader: csv", "    reader: excel", 7, "'csv', 'jsonl'"),
        ("title: Acme\n", "", 1, "title: is missing"),
        ("name: acme", "name: Ac me", 1, "a-z, 0-9 and _"),
        ("  - name: log", "  - name: organisation", 5, "is reserved"),
        ("kind: incidents", "kind: incident", 11, "did you mean 'incidents'?"),
        ("share: 0.05", "share: 5%", 12, "must be a number"),
        ("share: 0.05", "share: 1.5", 12, "less than or equal to 1"),
        ("share: 0.05", "share: nan", 12, "finite"),
        ("    path: log.csv", "    path: log.csv\n    encoding: utf-9", 9, "'utf-9' is not known"),
        ("    path: log.csv", "    path: log.csv\n    actor_pattern: bot", 9, "git_log only"),
        ("title: Acme", "title: Acme\ntitle: Twice", 3, "given twice"),
        ("as_of: now", "as_of: [now", 4, "correct the YAML"),
    ],
)
def test_a_problem_names_file_line_key_and_remedy(
    tmp_path: Path, before: str, after: str, line: int, expected: str
) -> None:
    found = yaml_problems(tmp_path, MINIMAL.replace(before, after, 1))
    matching = [text for text in found if text.startswith(f"{tmp_path}/organisation.yml:{line}:") and expected in text]
    assert matching, found


def test_all_problems_are_found_at_once(tmp_path: Path) -> None:
    text = MINIMAL.replace("as_of: now", "as_of: soon").replace("reader: csv", "reader: excel")
    write_folder(tmp_path, teams="a,A,,x,,,,,\n")
    (tmp_path / "organisation.yml").write_text(text)
    found = problems(tmp_path)
    assert len(found) == 3
    assert [path.split("/")[-1].split(":")[0] for path in found] == ["organisation.yml"] * 2 + ["teams.csv"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"covers": [{**COVERS[0], "to": "2023-01-01"}]}, "not later than `from`"),
        ({"covers": [{**COVERS[0], "services": ["wbe"]}]}, "did you mean 'web'?"),
        ({"covers": []}, "give at least one"),
        ({"quarantine_threshold": {"share": "0.1"}}, "quarantine_threshold.reason: is missing"),
        ({"quarantine_threshold": None}, "quarantine_threshold: is missing"),
        ({"reader": "git_log", "target_pattern": "apps/(.*)"}, "(?P<app>"),
        ({"reader": "git_log", "actor_pattern": "("}, "no regular expression"),
        ({"values": {"environment": ["production"]}}, "keys and values"),
        ({"values": {"environment": {"prod": {"a": "b"}}}}, "must be text"),
    ],
)
def test_a_source_that_is_wrong(tmp_path: Path, changes: dict[str, Any], expected: str) -> None:
    folder = write_folder(tmp_path, [source(**changes)])
    assert any(expected in text for text in problems(folder)), problems(folder)


def test_source_names_are_unique(tmp_path: Path) -> None:
    assert "used twice" in problems(write_folder(tmp_path, [source(), source()]))[0]


@pytest.mark.parametrize(
    ("services", "line", "column", "value", "remedy"),
    [
        ("web,Web,,5,,,\n", 2, "tier", "'5'", "1 (most critical) to 4"),
        ("web,Web,,0,,,\n", 2, "tier", "'0'", "1 (most critical) to 4"),
        ("web,Web,gone,,,,\n", 2, "team_id", "'gone'", "add it there"),
        ("web,Web,,,,,\nweb,Web,,,,,\n", 3, "service_id", "'web'", "line 2"),
        ("web,Web,,,,2024-01-01,2024-06-01\nweb,Web,,,,2024-05-01,\n", 3, "service_id", "'web'", "line 2"),
        ("web,Web,,,,2024-06-01,2024-01-01\n", 2, "valid_to", "'2024-01-01'", "swap them"),
        ("web,Web,,,,1/6/2024,\n", 2, "valid_from", "'1/6/2024'", "correct it"),
        ("web,Web,,,,2024-06-01T00:00:00,\n", 2, "valid_from", "'2024-06-01T00:00:00'", "offset"),
        ("web,Web,,,www,,\napi,Api,,,site|WWW,,\n", 3, "aliases", "'WWW'", "line 2"),
        ("web,Web,,,,,\nWEB,Other,,,,,\n", 3, "service_id", "'WEB'", "line 2"),
        (" web,Web,,,,,\n", 2, "service_id", "' web'", "without blanks"),
        (",Web,,,,,\n", 2, "service_id", "''", "is no id"),
        ("web,,,,,,\n", 2, "name", "''", "give the service a name"),
    ],
)
def test_a_row_of_services(tmp_path: Path, services: str, line: int, column: str, value: str, remedy: str) -> None:
    (found,) = problems(write_folder(tmp_path, services=services))
    assert found.startswith(f"{tmp_path}/services.csv:{line}: {column}: ")
    assert value in found
    assert remedy in found


def test_a_row_of_teams_and_every_row_is_checked(tmp_path: Path) -> None:
    teams = "a,A,,-1,,,,,\nb,B,,,inf,,,,\nc,C,,4,160.5,,,,\nd,D\n"
    found = problems(write_folder(tmp_path, teams=teams))
    assert [text.split(": ")[0].split(":")[-1] for text in found] == ["5", "2", "3"]


def test_a_quoted_line_end_does_not_shift_line_numbers(tmp_path: Path) -> None:
    (found,) = problems(write_folder(tmp_path, services='web,"We\nb",,,,,\napi,Api,,9,,,\n'))
    assert "services.csv:4: tier" in found


def test_validity_may_meet(tmp_path: Path) -> None:
    rows = "web,Web,,,,2024-01-01,2024-06-01\nweb,Web,,,,2024-06-01,\n"
    assert len(load(tmp_path, services=rows).services) == 2


@pytest.mark.parametrize("file", ["organisation.yml", "teams.csv", "services.csv"])
def test_a_missing_file_is_named(tmp_path: Path, file: str) -> None:
    write_folder(tmp_path)
    (tmp_path / file).unlink()
    assert f"{tmp_path}/{file}: no such file" in problems(tmp_path)[0]


def test_no_such_folder(tmp_path: Path) -> None:
    assert "no such organisation folder" in problems(tmp_path / "nowhere")[0]


def test_a_wrong_header_is_shown_with_the_right_one(tmp_path: Path) -> None:
    write_folder(tmp_path)
    (tmp_path / "services.csv").write_text("id,name\n")
    assert "write 'service_id,name,team_id" in problems(tmp_path)[0]


def test_values_keep_their_text(tmp_path: Path) -> None:
    text = MINIMAL + "    values:\n      environment: {'*': production, 1: staging, yes: test}\n"
    write_folder(tmp_path)
    (tmp_path / "organisation.yml").write_text(text)
    assert organisation.load(tmp_path).sources[0].values["environment"] == {
        "*": "production", "1": "staging", "yes": "test",
    }  # fmt: skip


def test_check_finds_every_problem_of_the_sources(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("idd,what\n")
    sources = [
        source("a", path="gone.csv"),
        source("b", path="bad.csv"),
    ]
    with pytest.raises(UserError) as caught:
        load(tmp_path, sources).check_sources(FEEDS)
    first, second = caught.value.problems
    assert "gone.csv: no such file" in first
    assert "column 'id' (is it 'idd'?)" in second
    assert "at" in second


def test_check_says_what_answers(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(csv_text([("1", "2024-01-01", "x")]))
    assert load(tmp_path).check_sources(FEEDS)[0].startswith("log: events, 1 file(s)")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"feed": "event"}, "did you mean 'events'?"),
        ({"feed": "zzz"}, "known: events, pages"),
        ({"primary_key": ["idd"]}, "primary_key: 'idd' is no column"),
        ({"cursor": "when"}, "cursor: 'when' is no column"),
    ],
)
def test_check_of_declarations(tmp_path: Path, changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(UserError) as caught:
        load(tmp_path, [source(**changes)]).check_sources(FEEDS)
    assert expected in str(caught.value)


def test_threshold_is_a_number(tmp_path: Path) -> None:
    assert load(tmp_path).sources[0].quarantine_threshold.share == float(THRESHOLD["share"])
