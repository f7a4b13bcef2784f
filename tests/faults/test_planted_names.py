"""Teams, not people: a person who is named in every free text of every log stands in nothing that is published.

Belongs here: names planted in the logs of the example. Does not belong here: what looks like a name in a release
(test_audit_scorecard.py plants it, test_real_organisations.py looks for it).
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import duckdb
import pyarrow.parquet
import pytest

from tests.support import ROOT, release_here, scorecard

EXAMPLE = ROOT / "organisations" / "example"
NAME, ADDRESS, HANDLE = "Zenobia Quarrington", "zenobia.quarrington@people.example", "@zquarrington"
PERSON = f"{NAME} <{ADDRESS}> {HANDLE}"
SEEN = re.compile(r"zenobia|quarrington", re.I)

FREE: Mapping[str, tuple[str, ...]] = {
    "incidents.jsonl": ("title", "opened_by", "description", "assignee", "resolution"),
    "incident_events.jsonl": ("comment", "by"),
    "hits.csv": ("note",),
    "deployments.csv": ("author", "commit_message", "approver", "release_notes"),
    "platform_changes.jsonl": ("subject", "body", "author_name", "author_email", "committer_name"),
    "ownership.csv": ("alerts_team", "production_hosted_on", "maintainer"),
    "runbooks.csv": ("name", "author"),
    "runbook_runs.csv": ("started_by", "approved_by", "log"),
    "alerts.csv": ("summary", "paged"),
    "toil.csv": ("description", "done_by"),
    "exclusions.csv": ("reason", "agreed_with"),
    "signal_reviews.csv": ("reason", "reviewer"),
    "contributions.csv": ("title", "author"),
    "business.csv": ("note",), "countries.csv": ("note",), "objectives.csv": ("note",), "latency.csv": ("note",),
    "requests.csv": ("note",),
}  # fmt: skip
"""By log, its free texts: those of the record kinds, and those that tools write beside them."""
BROKEN = (
    ("contributions.csv", "kind", "podcast"),
    ("toil.csv", "basis", "hearsay"),
    ("alerts.csv", "resolved_by", "the wind"),
)
"""Values of rows that are quarantined: what is held there must not be published either."""


def _encoding(file: str) -> str:
    return "latin-1" if file == "runbooks.csv" else "utf-8"


def plant_csv(text: str, columns: tuple[str, ...]) -> str:
    """The log with the person in every row's columns, which are added where it lacks them."""
    reader = csv.DictReader(io.StringIO(text))
    out = io.StringIO()
    writer = csv.DictWriter(
        out, [*(reader.fieldnames or []), *(c for c in columns if c not in (reader.fieldnames or []))]
    )
    writer.writeheader()
    writer.writerows({**row, **dict.fromkeys(columns, PERSON)} for row in reader)
    return out.getvalue()


def plant_json(text: str, columns: tuple[str, ...]) -> str:
    """The log with the person in every record's fields."""
    rows = [json.loads(line) for line in text.splitlines()]
    return "".join(json.dumps({**row, **dict.fromkeys(columns, PERSON)}) + "\n" for row in rows)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of the example in which a person is named wherever a text is free."""
    folder = tmp_path_factory.mktemp("named")
    organisation = Path(shutil.copytree(EXAMPLE, folder / "example"))
    sources = organisation / "sources"
    for file, columns in FREE.items():
        text = (sources / file).read_text(encoding=_encoding(file))
        for broken, column, value in BROKEN:
            if broken == file:
                assert value in text, f"{file} no longer has a broken {column}"
                text = text.replace(value, NAME)
        made = plant_json(text, columns) if file.endswith(".jsonl") else plant_csv(text, columns)
        (sources / file).write_text(made, encoding=_encoding(file))
    events = (sources / "incident_events.jsonl").read_text(encoding="utf-8").splitlines()
    first = json.loads(events[0])
    for number, event in enumerate(("reassigned", "edited")):
        said = {"field": f"assignee {NAME}", "from_value": PERSON, "to_value": PERSON, "event": event}
        events.append(json.dumps({**first, "source_record_id": f"named-{number}", **said}))
    (sources / "incident_events.jsonl").write_text("\n".join(events) + "\n", encoding="utf-8")
    for page in (sources / "status").glob("*.md"):
        words = re.sub(r"^title: .*$", f'title: "{PERSON}"', page.read_text(encoding="utf-8"), flags=re.M)
        page.write_text(f"{words}\n{PERSON} looked at it.\n", encoding="utf-8")
    return release_here(organisation, folder / "home")


def texts(release: Path) -> Iterator[tuple[str, str]]:
    """(where, text) of every text that a release holds: columns of both forms of its tables, page and manifest."""
    for path in sorted((release / "tables").glob("*.parquet")):
        table = pyarrow.parquet.read_table(path)
        for name in table.column_names:
            yield from ((f"{path.name} {name}", str(value)) for value in table.column(name).unique().to_pylist())
    with duckdb.connect(str(release / "scorecard.duckdb"), read_only=True) as con:
        sql = "select table_schema || '.' || table_name, column_name from information_schema.columns"
        for table_name, column in con.execute(sql).fetchall():
            found = con.execute(f'select distinct cast("{column}" as varchar) from scorecard.{table_name}').fetchall()
            yield from ((f"{table_name}.{column}", str(value)) for (value,) in found)
    for path in sorted(
        path for path in release.rglob("*") if path.suffix in (".html", ".json", ".yml", ".svg", ".txt")
    ):
        yield path.name, path.read_text(encoding="utf-8")


def test_a_person_named_in_every_free_text_is_published_nowhere(planted: Path) -> None:
    found = sorted({where for where, text in texts(planted) if SEEN.search(text)})
    assert found == []


def test_the_person_was_there_to_be_seen(planted: Path) -> None:
    """The planted texts were landed, and what broke its contract is in the quarantine of the warehouse, by name."""
    with duckdb.connect(str(planted.parents[1] / "warehouse.duckdb"), read_only=True) as con:
        held = {
            kind for (kind,) in con.execute("select kind from staging.quarantine where value = ?", [NAME]).fetchall()
        }
        staged = con.execute(
            "select (select count(*) from staging.stg_records__signal_reviews where reason = $1), "
            "(select count(*) from staging.stg_records__automations where name = $1), "
            "(select count(*) from staging.stg_records__slo_exclusions where reason = $1), "
            "(select count(*) from staging.stg_records__incident_events where to_value = $1)",
            [PERSON],
        ).fetchone()
    assert held == {"contributions", "toil_entries", "alerts"}
    assert staged is not None and all(staged), staged


def test_the_figures_are_those_without_the_person(planted: Path, released: Callable[..., Path]) -> None:
    """Free texts carry nothing: no cell differs."""
    names = ("scorecard.metric_values", "scorecard.recognition", "scorecard.highlights")
    for name in names:
        tables = [pyarrow.parquet.read_table(r / "tables" / f"{name}.parquet") for r in (planted, released("example"))]
        mine, theirs = (table.drop_columns(["release_id"]).to_pylist() for table in tables)
        assert mine == theirs, name


def test_a_handle_in_an_identifier_withholds_the_release(tmp_path: Path) -> None:
    """What the organisation names itself cannot be left out: then it is not published at all."""
    organisation = Path(shutil.copytree(EXAMPLE, tmp_path / "example"))
    log = organisation / "sources" / "contributions.csv"
    log.write_text(log.read_text(encoding="utf-8").replace("C-2,C-2,", f"C-2,{HANDLE},"), encoding="utf-8")
    done = scorecard("run", organisation, "--home", tmp_path / "home")
    assert done.returncode == 3, done.stderr
    assert "learning.fct_contributions.contribution_id" in done.stderr + done.stdout
    assert not (tmp_path / "home" / "releases" / "current").exists()
