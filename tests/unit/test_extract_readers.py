"""Readers: every value as the source wrote it, and nothing lost in silence."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.errors import Transient, UserError
from pipelines.extract import files, git_log, readers
from pipelines.extract.feeds import load_feeds
from pipelines.extract.front_matter import page
from pipelines.extract.records_count import StrayQuote, count_records
from pipelines.extract.session import open_session
from pipelines.organisation import Organisation
from tests.unit.landing_support import FEEDS, load, source

Row = tuple[Any, ...]


def read(folder: Path, **declared: Any) -> list[Row]:
    """(_file, _row, columns…) of the one source of a folder."""
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    (log,) = load(folder, [source(**declared)]).sources
    feed = FEEDS[log.feed]
    rows: list[Row] = []
    with open_session(2, scratch) as con:
        for unit in files.units(log):
            extracted = readers.read(con, unit, log, feed, scratch)
            columns = ", ".join(f'"{column}"' for column in feed.columns)
            try:
                found = con.execute(f"select _file, _row, {columns} from ({extracted.query})").fetchall()
            except Exception as error:
                assert extracted.explain
                raise extracted.explain(error) or error from error
            assert extracted.expected == len(found)
            rows += found
    return rows


def csv_file(folder: Path, content: bytes, name: str = "log.csv") -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)


def refusal(folder: Path, **declared: Any) -> str:
    with pytest.raises(UserError) as caught:
        read(folder, **declared)
    return str(caught.value)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("name", ["log.csv", "log.csv.gz"])
def test_csv_values_stay_as_they_are(tmp_path: Path, end: bytes, name: str) -> None:
    lines = [b"at,what,id,extra", b"29/2/2016 01:16, x ,007,e", b'?,"a,""b""\nc",1.10,', b",,3,"]
    csv_file(tmp_path, end.join(lines) + end, name)
    assert read(tmp_path, path=name) == [
        (name, 1, "007", "29/2/2016 01:16", " x "),
        (name, 2, "1.10", "?", 'a,"b"\nc'),
        (name, 3, "3", None, None),
    ]


def test_csv_mixed_line_endings_blank_lines_and_no_last_end(tmp_path: Path) -> None:
    csv_file(tmp_path, b"id,at,what\r\n1,a,x\n2,b,y\r\n\r\n\n3,c,z\r4,d,w")
    assert [row[1:3] for row in read(tmp_path)] == [(1, "1"), (2, "2"), (3, "3"), (4, "4")]


def test_csv_byte_order_mark_and_encoding(tmp_path: Path) -> None:
    csv_file(tmp_path, b"\xef\xbb\xbfid,at,what\n1,a,\xc3\xa9\n")
    assert read(tmp_path)[0][4] == "é"
    csv_file(tmp_path, "id,at,what\n1,a,é\n".encode("latin-1"))
    assert read(tmp_path, encoding="latin-1")[0][4] == "é"
    csv_file(tmp_path, "id,at,what\n1,a,é\n".encode("utf-16"))
    assert read(tmp_path, encoding="utf-16")[0][4] == "é"


def test_csv_with_a_header_only_is_no_row(tmp_path: Path) -> None:
    csv_file(tmp_path, b"id,at,what\n")
    assert read(tmp_path) == []


def test_csv_without_an_optional_column_gives_null(tmp_path: Path) -> None:
    csv_file(tmp_path, b"id,at\n1,a\n")
    assert read(tmp_path) == [("log.csv", 1, "1", "a", None)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"id,at,what\n1,a,x\n2,b\n3,c,z\n", "row 2 (line 3): has 2 values, the header has 3"),
        (b"id,at,what\n1,a,x\n2,b,y,z\n", "row 2 (line 3): has 4 values, the header has 3"),
        (b'id,at,what\n1,a,x\n2,b,"y\n3,c,z\n', "row 2: a quote"),
        (b'id,at,what\n1,a,"x"y\n2,b,y\n', "row 1: a quote"),
        (b'id,at,what\n1,a,5" disk\n', "row 1: a quote"),
        (
            b"id,at,what\n1,a,x\n2,b,\xe9\n",
            "line 3: holds bytes that are not UTF-8; state the file's `encoding`",
        ),
        (b"", "is empty"),
        (b"id,id,at\n1,2,3\n", "column 'id' is given twice"),
        (b"idd,at,what\n1,2,3\n", "column 'id' (is it 'idd'?) of feed events is missing"),
    ],
)
def test_csv_that_is_wrong_names_row_and_remedy(tmp_path: Path, content: bytes, expected: str) -> None:
    csv_file(tmp_path, content)
    found = refusal(tmp_path)
    assert found.startswith(str(tmp_path / "log.csv"))
    assert expected in found


def test_a_wrong_byte_of_a_declared_encoding_names_the_line(tmp_path: Path) -> None:
    csv_file(tmp_path, b"id,at,what\n1,a,x\n2,b,\xff\n", "log.csv.gz")
    assert "line 3: holds bytes that are not utf-8" in refusal(tmp_path, path="log.csv.gz")


@pytest.mark.parametrize("cut", [0.5, 0.99])
def test_a_truncated_gzip_is_refused(tmp_path: Path, cut: float) -> None:
    whole = gzip.compress(b"id,at,what\n" + b"".join(b"%d,a,x\n" % n for n in range(5000)))
    (tmp_path / "log.csv.gz").write_bytes(whole[: int(len(whole) * cut)])
    assert "cut short" in refusal(tmp_path, path="log.csv.gz")


def test_a_damaged_gzip_is_refused(tmp_path: Path) -> None:
    whole = bytearray(gzip.compress(b"id,at,what\n1,a,x\n"))
    whole[-6] ^= 1  # the checksum
    (tmp_path / "log.csv.gz").write_bytes(whole)
    assert "fetch it again" in refusal(tmp_path, path="log.csv.gz")


@pytest.mark.parametrize("block", [1, 2, 3, 7, 1 << 20])
def test_records_are_counted_alike_for_every_block_size(
    tmp_path: Path, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.extract.records_count.BLOCK", block)
    for content, count in [
        (b'a,b\r\n"1\r\n\n""x",2\r\n\r\n3,4\n\n\r5,6', 4),
        (b"a\n", 1),
        (b"a\r\n\r\n\r\nb", 2),
        (b"", 0),
        (b'"a"\n"b\n"', 2),
    ]:
        (tmp_path / "x").write_bytes(content)
        assert count_records(tmp_path / "x") == (count, b'"' in content), content
    (tmp_path / "x").write_bytes(b'a,b\n1,"2\n3,4\n')
    with pytest.raises(StrayQuote):
        count_records(tmp_path / "x")


def json_file(folder: Path, *lines: str, name: str = "log.jsonl") -> None:
    folder.mkdir(exist_ok=True)
    content = "".join(line + "\n" for line in lines).encode("utf-8", "surrogateescape")
    (folder / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz"])
def test_jsonl_values_stay_as_they_are(tmp_path: Path, name: str) -> None:
    json_file(
        tmp_path,
        '{"id": 123456789012345678901234567890, "at": null, "what": ["a", {"b": 1}], "secret": "x"}',
        "",
        '{"id": "1", "at": "", "what": "é\\n"}',
        '{"what": true, "id": -0.5, "at": NaN}',
        name=name,
    )
    assert read(tmp_path, reader="jsonl", path=name) == [
        (name, 1, "123456789012345678901234567890", None, '["a",{"b":1}]'),
        (name, 2, "1", "", "é\n"),
        (name, 3, "-0.5", "NaN", "true"),
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"id": 1, "at": "x"', "row 2: is not JSON"),
        ('{"id": 1, "at": "x"} trailing', "row 2: is not JSON"),
        ("[1]", "row 2: is no object"),
        ('"text"', "row 2: is no object"),
        ('{"id": 1, "id": 2, "at": 3}', "row 2: gives the key 'id' twice"),
        ('{"id": 1, "at": "\udce9"}', "row 2: holds bytes that are not UTF-8"),
    ],
)
def test_jsonl_that_is_wrong_names_row_and_remedy(tmp_path: Path, line: str, expected: str) -> None:
    json_file(tmp_path, '{"id": 1, "at": "x"}', "", line, '{"id": 3, "at": "x"}')
    name = "log.jsonl"
    found = refusal(tmp_path, reader="jsonl", path=name)
    assert expected in found
    assert name in found


def test_jsonl_without_a_required_key(tmp_path: Path) -> None:
    json_file(tmp_path, '{"id": 1}')
    assert "column 'at' of feed events is missing" in refusal(tmp_path, reader="jsonl", path="log.jsonl")


def test_parquet_types_become_text(tmp_path: Path) -> None:
    duckdb.execute(
        f"""copy (select 1.50::decimal(9,2) as id, timestamptz '2024-07-01 10:00:00.5+02' as at,
            [1, 2] as what)
        to '{tmp_path}/a.parquet' (format parquet)"""
    )
    assert read(tmp_path, reader="parquet", path="a.parquet") == [
        ("a.parquet", 1, "1.50", "2024-07-01T08:00:00.5Z", "[1,2]")
    ]
    duckdb.execute(
        f"""copy (select true as id, timestamp '2024-07-01 10:00:00' as at, 'nan'::double as what)
        to '{tmp_path}/a.parquet' (format parquet)"""
    )
    assert read(tmp_path, reader="parquet", path="a.parquet")[0][2:] == ("true", "2024-07-01 10:00:00", "nan")


def test_a_cut_parquet_is_refused(tmp_path: Path) -> None:
    duckdb.execute(f"copy (select 1 as id, 2 as at) to '{tmp_path}/a.parquet' (format parquet)")
    whole = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(whole[:-9])
    assert "no whole Parquet file" in refusal(tmp_path, reader="parquet", path="a.parquet")


def test_a_glob_is_a_unit_per_file_with_names_below_its_root(tmp_path: Path) -> None:
    for day in ("b", "a"):
        csv_file(tmp_path / "logs", b"id,at,what\n1,x,y\n", f"{day}.csv")
    assert [row[:2] for row in read(tmp_path, path="logs/*.csv")] == [("a.csv", 1), ("b.csv", 1)]


def tar(path: Path, members: dict[str, bytes]) -> None:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


def test_csv_members_of_an_archive(tmp_path: Path) -> None:
    header = b"id,at,what\n"
    tar(
        tmp_path / "l.tar.gz",
        {"d/a.csv": header + b"1,x,y\n", "d/b.csv.gz": gzip.compress(header), "n.txt": b""},
    )
    tar(tmp_path / "m.tar.gz", {"d/a.csv": header + b"1,x,y\n2,x,y\n", "d/b.csv": b"what,id,at\nz,3,x\n"})
    assert read(tmp_path, path="l.tar.gz", member="d/*.csv*") == [("d/a.csv", 1, "1", "x", "y")]
    assert [row[:3] for row in read(tmp_path, path="m.tar.gz", member="d/*")] == [
        ("d/a.csv", 1, "1"), ("d/a.csv", 2, "2"), ("d/b.csv", 3, "3"),
    ]  # fmt: skip
    assert "no member like 'x/*'" in refusal(tmp_path, path="m.tar.gz", member="x/*")


@pytest.mark.parametrize("cut", [0.3, 0.7, 0.95])
def test_a_truncated_archive_is_refused(tmp_path: Path, cut: float) -> None:
    import random

    noise = random.Random(1).randbytes(20_000).hex().encode()
    tar(tmp_path / "l.tar.gz", {f"{n}.md": b"---\ntitle: x\n---\n" + noise for n in range(5)})
    whole = (tmp_path / "l.tar.gz").read_bytes()
    (tmp_path / "l.tar.gz").write_bytes(whole[: int(len(whole) * cut)])
    found = refusal(tmp_path, reader="front_matter", feed="pages", path="l.tar.gz", cursor=None, primary_key=["file"])
    assert "cut short" in found


PAGE = b"---\ntitle: 'A: b'\ndate: 2020-06-13 15:54:00\n# note\naffected:\n  - API\n  - [x, y]\n---\nBody\n"
PAGES = {"feed": "pages", "reader": "front_matter", "cursor": None, "primary_key": ["file"]}


def test_front_matter_of_an_archive_is_text_as_written(tmp_path: Path) -> None:
    tar(tmp_path / "p.tar.gz", {"issues/b.md": PAGE, "issues/a.md": b"no front\n", "other/c.md": PAGE})
    rows = read(tmp_path, path="p.tar.gz", member="issues/*.md", **PAGES)
    assert rows == [
        ("a.md", 1, "a.md", "created", None, None, None, None, "no front matter"),
        ("b.md", 2, "b.md", "created", "A: b", "2020-06-13 15:54:00", '["API",["x","y"]]', "5", None),
    ]


def test_front_matter_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "p" / "sub").mkdir(parents=True)
    (tmp_path / "p" / ".git").mkdir()
    for name in ("p/sub/b.md", "p/a.md", "p/.git/c.md"):
        (tmp_path / name).write_bytes(PAGE)
    assert [row[0] for row in read(tmp_path, path="p", **PAGES)] == ["a.md", "sub/b.md"]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"---\ntitle: [a\n---\n", "line"),
        (b"---\ntitle: *x\n---\n", "undefined alias"),
        (b"---\ntitle: a\ntitle: b\n---\n", "line 3: key 'title' is given twice"),
        (b"---\n- a\n---\n", "holds no keys"),
        (b"---\ntitle: a\n", "no front matter"),
        (b"---\ntitle: \xe9\n---\n", "not utf-8 at byte 11"),
        (b"", "no front matter"),
    ],
)
def test_broken_front_matter_is_a_row_with_an_error(content: bytes, error: str) -> None:
    row = page("a.md", content)
    assert error in (row["front_matter_error"] or "")
    assert row["file"] == "a.md"


@pytest.mark.parametrize(
    ("value", "text"), [(b"no", "no"), (b"2020-13-99", "2020-13-99"), (b"1.10", "1.10"), (b"", None)]
)
def test_front_matter_scalars_are_not_resolved(value: bytes, text: str | None) -> None:
    assert page("a.md", b"---\nx: " + value + b"\n---\n")["x"] == text


def git(repository: Path, *arguments: str, when: int = 0, who: str = "Ann Person <ann@example.org>") -> None:
    name, address = who[:-1].split(" <")
    at = f"2024-01-01T00:00:{when:02d}+01:00"
    environ = {
        "GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": address, "GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at,
        "GIT_COMMITTER_NAME": "GitHub", "GIT_COMMITTER_EMAIL": "noreply@github.com", "PATH": "/usr/bin:/bin",
        "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null",
    }  # fmt: skip
    subprocess.run(["git", "-C", str(repository), *arguments], check=True, env=environ, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Three first-parent commits: by a person, a merge of a bot's branch, a revert."""
    path = tmp_path / "repo"
    path.mkdir()
    git(path, "init", "-b", "main")

    def change(file: str, message: str, when: int, **more: str) -> None:
        (path / file).parent.mkdir(parents=True, exist_ok=True)
        (path / file).write_text(message)
        git(path, "add", "-A")
        git(path, "commit", "-m", message, when=when, **more)  # type: ignore[arg-type]

    change("README", "Begin, ünïcode", 1)
    git(path, "checkout", "-b", "bump")
    change("config/prod/web.yaml", "Bump web", 2, who="updatecli[bot] <bot@example.org>")
    git(path, "checkout", "main")
    git(path, "merge", "--no-ff", "-m", "Merge pull request #7 from bump", "bump", when=3)
    git(path, "revert", "-m", "1", "--no-edit", "HEAD", when=4)
    return path


def test_git_log_gives_no_person(repository: Path, tmp_path: Path) -> None:
    declared = source(feed="gitops_commits", reader="git_log", path="repo", primary_key=["sha"],
                      cursor="committed_at",
                      target_pattern=r"config/(?P<env>[^/]+)/(?P<app>[^/]+)\.yaml")  # fmt: skip
    acme: Organisation = load(tmp_path / "org", [{**declared, "path": str(repository)}])
    first, merge, revert = git_log.commits(repository, acme.sources[0])
    assert first["subject"] == "Begin, ünïcode"
    assert (first["author"], first["committer"], first["parents"]) == ("human", "github_web", "0")
    assert (merge["parents"], merge["pr"], merge["source_author"]) == ("2", "7", "bot")
    assert merge["source_authored_at"] == "2024-01-01T00:00:02+01:00"
    assert json.loads(merge["targets"] or "") == [{"app": "web", "env": "prod"}]
    assert json.loads(revert["reverts_sha"] or "") == [merge["sha"]]
    assert (revert["revert"], revert["n_files"]) == ("true", "1")
    assert not any(
        "Ann" in (value or "") or "@" in (value or "") for row in (first, merge, revert) for value in row.values()
    )
    with open_session(1, tmp_path) as con:
        (unit,) = files.units(acme.sources[0])
        extracted = readers.read(con, unit, acme.sources[0], load_feeds()["gitops_commits"], tmp_path)
        rows = con.execute(f"select _row, sha, subject from ({extracted.query})").fetchall()
    assert [row[0] for row in rows] == [1, 2, 3] == list(range(1, (extracted.expected or 0) + 1))
    assert [row[1] for row in rows] == [row["sha"] for row in (first, merge, revert)]


def test_git_log_of_no_repository(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    with pytest.raises(UserError, match="give the path of a repository"):
        git_log.head(tmp_path / "x")


def test_a_file_that_grows_while_it_is_read_is_transient(tmp_path: Path) -> None:
    csv_file(tmp_path, b"id,at,what\n1,a,x\n")
    (unit,) = files.units(load(tmp_path).sources[0])
    with pytest.raises(Transient, match="written to while"), files.unchanged(unit):
        (tmp_path / "log.csv").write_bytes(b"id,at,what\n1,a,x\n2,b,y\n")


def test_feeds_of_the_shipped_project() -> None:
    feeds = load_feeds()
    assert {"cstate_revisions", "gitops_commits", "records_incidents", "organisation_teams"} <= set(feeds)
    assert "ledger" not in feeds
    assert "sha" in feeds["gitops_commits"].required
    assert not any(column.startswith("_") for feed in feeds.values() for column in feed.columns)
    persons = {"caller_id", "opened_by", "sys_created_by", "sys_updated_by", "assigned_to", "resolved_by"}
    assert not persons & set(feeds["servicenow_audit"].columns)
