"""How dbt is called: in this process, on a project that is parsed once and not once a run.

Belongs here: the parsed project, dbt's arguments and environment.
Does not belong here: what its results mean (dbt_assets.py).

`python -m pipelines.orchestration.dbt_project` parses ahead, into `dbt_project/prepared/`; make and the wheel do so.
"""

import hashlib
import importlib.metadata
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelines.errors import ScorecardError
from pipelines.settings import ENGINE_VARIABLE, MEMORY_VARIABLE, Settings, dbt_project_dir

PREPARED = "prepared"
MANIFEST = "manifest.json"
PARSED = "partial_parse.msgpack"
_SUFFIXES = {".sql", ".yml", ".csv"}
_ADAPTERS = {"duckdb": "dbt-duckdb", "spark": "dbt-spark"}


def fingerprint(engine: str = "duckdb") -> str:
    """Hash of every file of the dbt project and of dbt's versions: the name of its form parsed for an engine."""
    project, digest = dbt_project_dir(), hashlib.sha256()
    for package in ("dbt-core", _ADAPTERS[engine]):
        digest.update(importlib.metadata.version(package).encode())
    for path in sorted(project.rglob("*")):
        if path.suffix in _SUFFIXES and "target" not in path.relative_to(project).parts:
            digest.update(str(path.relative_to(project)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def load_manifest(settings: Settings) -> Mapping[str, Any]:
    """The parsed project as dagster-dbt reads it; parsed into the home when it was not parsed ahead.

    The graph is the same on every engine.
    """
    return json.loads((_parsed(replace(settings, engine="duckdb")) / MANIFEST).read_text())  # type: ignore[no-any-return]


def invoke(command: Sequence[str], settings: Settings) -> Any:
    """One dbt command over the home's warehouse. Its connections are closed afterwards, so that readers get in."""
    from dbt.cli.main import dbtRunner

    parsed = _parsed(settings)
    with _engine(settings):
        return _call(dbtRunner(manifest=_dbt_manifest(parsed)), command, settings, target(settings))


def target(settings: Settings) -> Path:
    """Where dbt writes compiled SQL and run results of this home."""
    return settings.home / "dbt" / "target"


def environment(settings: Settings) -> dict[str, str]:
    """What profiles.yml reads: the engine, the warehouse of this home and how many threads."""
    return {
        ENGINE_VARIABLE: settings.engine,
        "SCORECARD_WAREHOUSE": str(settings.warehouse_path),
        "SCORECARD_THREADS": str(settings.threads),
        **({MEMORY_VARIABLE: settings.memory_limit} if settings.memory_limit else {}),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }


def prepare() -> Path:
    """Parse ahead, beside the project. Returns the folder; what an older state of the project left is removed."""
    folder = dbt_project_dir() / PREPARED
    name = fingerprint()
    if not (folder / name / MANIFEST).exists():
        shutil.rmtree(folder, ignore_errors=True)
        with tempfile.TemporaryDirectory() as scratch:
            _parse(Settings(Path(scratch)), folder / name)
    return folder / name


def built_warehouse(settings: Settings) -> bool:
    """Whether these very models built the home's warehouse: what they keep from run to run is theirs alone."""
    return _built_by(settings).is_file() and _built_by(settings).read_text() == fingerprint()


def note_warehouse(settings: Settings) -> None:
    """Writes down that the warehouse, which must be gone now, is built by these models."""
    _built_by(settings).write_text(fingerprint())


def _built_by(settings: Settings) -> Path:
    return settings.warehouse_path.with_suffix(".models")


def _parsed(settings: Settings) -> Path:
    name = fingerprint(settings.engine)
    ahead, own = dbt_project_dir() / PREPARED / name, settings.home / "dbt" / name
    if (ahead / MANIFEST).exists():
        return ahead
    if not (own / MANIFEST).exists():
        _parse(settings, own)
    return own


def _parse(settings: Settings, folder: Path) -> None:
    """Parse aside and move into place: a killed parse leaves nothing that looks parsed."""
    from dbt.cli.main import dbtRunner

    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        result = _call(dbtRunner(), ["parse"], settings, Path(scratch))
        if not result.success:
            raise ScorecardError(f"the dbt project does not parse: {result.exception}")
        aside = Path(scratch) / "kept"
        aside.mkdir()
        for name in (MANIFEST, PARSED):
            shutil.copyfile(Path(scratch) / name, aside / name)
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)


def _dbt_manifest(parsed: Path) -> Any:
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    manifest = Manifest.from_msgpack((parsed / PARSED).read_bytes(), decoder=extended_mashumuro_decoder)
    manifest.build_flat_graph()
    return manifest


@contextmanager
def _engine(settings: Settings) -> Iterator[None]:
    """What must stand while dbt runs: nothing for DuckDB, a session with the landing zone for Spark."""
    if settings.engine == "duckdb":
        yield
        return
    from pipelines import spark

    with spark.session(settings):
        yield


def _close_connections(settings: Settings) -> None:
    """dbt keeps DuckDB's file open, and nobody else could read it."""
    if settings.engine == "duckdb":
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager

        DuckDBConnectionManager.close_all_connections()


def _call(runner: Any, command: Sequence[str], settings: Settings, target_path: Path) -> Any:
    project = str(dbt_project_dir())
    settings.home.mkdir(parents=True, exist_ok=True)
    told = environment(settings)
    before = {name: os.environ.get(name) for name in told}
    os.environ.update(told)
    try:
        return runner.invoke(
            [
                *command,
                *("--project-dir", project, "--profiles-dir", project),
                *(
                    "--target-path",
                    str(target_path),
                    "--log-path",
                    str(target_path),
                    "--log-level-file",
                    "none",
                ),
                *("--quiet", "--no-use-colors"),
            ]
        )
    finally:
        _close_connections(settings)
        for name, value in before.items():  # the next run in this process is told its own
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


if __name__ == "__main__":
    print(prepare())
