"""A memory limit that is set holds for the whole run: every connection to DuckDB is opened with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.errors import UserError
from pipelines.settings import Settings, size
from tests.support import ROOT, scorecard

LIMIT = "700MiB"
# Runs the example in one process and says, for every connection, who opened it and how much memory it may use.
RECORDED_RUN = """
import json, sys
import duckdb

seen, real = [], duckdb.connect

def connect(*arguments, **options):
    con = real(*arguments, **options)
    caller = sys._getframe(1).f_globals["__name__"]
    seen.append([caller, con.execute("select current_setting('memory_limit')").fetchall()[0][0]])
    return con

duckdb.connect = connect
from pathlib import Path
from pipelines import cli
from pipelines.orchestration import dbt_project
from pipelines.publish import page, releases, tables
from pipelines.settings import Settings

def watched(module):
    write = module.write
    def writes(*arguments):
        write(*arguments)
        con = next(a for a in arguments if isinstance(a, duckdb.DuckDBPyConnection))
        seen.append([module.__name__, con.execute("select current_setting('memory_limit')").fetchall()[0][0]])
    module.write = writes

watched(page), watched(tables)
organisation, home = sys.argv[1:]
assert cli.main(["run", organisation, "--home", home]) == 0
assert cli.main(["releases", "verify", "current", "--home", home]) == 0
cell = ["change_fail_rate", "--entity", "checkout", "--period", "2026-01-01", "--period-type", "month"]
assert cli.main(["explain", *cell, "--home", home]) == 0
settings = Settings.of(home)
shown = dbt_project.invoke(["show", "--inline", "select current_setting('memory_limit') as set_to"], settings)
seen.append(["dbt", shown.result.results[0].agate_table.rows[0]["set_to"]])
print("SEEN", json.dumps(seen))
"""
OPENERS = {
    "data_quality.connection",
    "dbt",
    "pipelines.extract.session",
    "pipelines.orchestration.landing_assets",
    "pipelines.publish.explain",
    "pipelines.publish.headline",
    "pipelines.publish.page",
    "pipelines.publish.releases",
    "pipelines.publish.tables",
}


def test_a_limit_that_is_set_reaches_every_connection(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", RECORDED_RUN, str(ROOT / "organisations/example"), str(tmp_path / "home")],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SCORECARD_MEMORY_LIMIT": LIMIT},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    seen = json.loads(done.stdout.rpartition("SEEN ")[2])
    ours = [(caller, size(limit)) for caller, limit in seen if not caller.startswith("dbt.")]  # dbt sets it after
    assert {caller for caller, _ in ours} == OPENERS
    assert [(caller, limit) for caller, limit in ours if limit > size(LIMIT)] == []
    assert ("dbt", size(LIMIT)) in ours


@pytest.mark.parametrize("nonsense", ["lots", "2", "80%", "-1GiB", "GiB", "2 gallons", "1MiB", "0GB"])
def test_a_limit_that_is_none_is_refused_with_a_right_one(nonsense: str) -> None:
    with pytest.raises(UserError, match=r"SCORECARD_MEMORY_LIMIT is .*such as 2GiB"):
        Settings.of("x", environ={"SCORECARD_MEMORY_LIMIT": nonsense})


def test_a_run_with_a_nonsense_limit_ends_with_the_status_of_wrong_use(tmp_path: Path) -> None:
    done = scorecard(
        "run", ROOT / "organisations/example", "--home", tmp_path / "home", SCORECARD_MEMORY_LIMIT="plenty"
    )
    assert (done.returncode, (tmp_path / "home").exists()) == (2, False)
    assert "SCORECARD_MEMORY_LIMIT is 'plenty'" in done.stderr and "2GiB" in done.stderr


@pytest.mark.parametrize(
    ("limit", "usual", "expected"),
    [
        (None, "80%", "80%"),
        (None, "3GB", "3GB"),
        ("2GiB", "80%", "2GiB"),
        ("2GiB", "3GB", "2GiB"),
        ("2GiB", "2GB", "2GB"),
        ("500 mb", "2GiB", "500 mb"),
        ("4GiB", "2GiB", "2GiB"),
    ],
)
def test_a_connection_takes_its_usual_memory_but_never_more_than_the_limit(
    limit: str | None, usual: str, expected: str
) -> None:
    assert Settings(Path("x"), memory_limit=limit).memory(usual) == expected


def test_sizes_are_those_of_duckdb() -> None:
    assert [size(text) for text in ("1KB", "1KiB", "1.5 GiB", "2gb")] == [1000, 1024, 3 * 2**29, 2 * 10**9]


# dbt opens a cursor a thread and model, and repeats the profile's settings on each.
SPILLED = """
import os
import jinja2
import yaml
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.environments import create

jinja = jinja2.Environment()
jinja.filters["as_number"] = str
text = jinja.from_string(open("dbt_project/profiles.yml").read()).render(env_var=os.environ.get)
profile = yaml.safe_load(text)["scorecard"]["outputs"]["duckdb"]
profile["threads"] = int(profile["threads"])

environment = create(DuckDBCredentials.from_dict(profile))
con = environment.handle().cursor()
con.execute("create table big as select hash(range) as h, hash(range + 1) as i from range(6000000)")
con.execute("create table sorted as select * from big order by i, h")
print("SPILLED", con.execute("select sum(size) from duckdb_temporary_files()").fetchone())
print(environment.handle().cursor().execute("select current_setting('temp_directory')").fetchone())
"""


def test_a_second_cursor_opens_after_spilling(tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    given = {"SCORECARD_WAREHOUSE": str(warehouse), "SCORECARD_MEMORY_LIMIT": "150MiB", "SCORECARD_ENGINE": "duckdb"}
    done = subprocess.run(
        [sys.executable, "-c", SPILLED], capture_output=True, text=True, check=False, cwd=ROOT, env=os.environ | given
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert f"{warehouse}.tmp" in done.stdout
