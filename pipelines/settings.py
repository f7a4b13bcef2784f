"""Where things live, and which engine builds them.

Belongs here: the home's layout, the engine's name, the place of the shipped dbt project.
Does not belong here: anything of an organisation (organisation.py), reading or writing of any file.
An unknown name raises and lists the known ones; there is no silent default for a misspelt one.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import UserError

ENGINES = ("duckdb", "spark")
ENGINE_VARIABLE = "SCORECARD_ENGINE"
HOME_VARIABLE = "SCORECARD_HOME"
THREADS_VARIABLE = "SCORECARD_THREADS"
DEFAULT_HOME = ".scorecard"


@dataclass(frozen=True)
class Settings:
    """Home folder, engine and worker threads of one run. Nothing is created until something is written."""

    home: Path
    engine: str = "duckdb"
    threads: int = 2

    def __post_init__(self) -> None:
        if self.engine not in ENGINES:
            raise UserError(f"engine {self.engine!r} is not known; choose one of: {', '.join(ENGINES)}")
        if self.threads < 1:
            raise UserError(f"threads is {self.threads}; give 1 or more")
        object.__setattr__(self, "home", Path(self.home).absolute())

    @classmethod
    def of(
        cls,
        home: str | Path | None = None,
        engine: str | None = None,
        threads: int | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> "Settings":
        """Options of the command line, else SCORECARD_HOME and SCORECARD_ENGINE, else `.scorecard` here and DuckDB."""
        chosen = home or environ.get(HOME_VARIABLE) or DEFAULT_HOME
        stated = environ.get(THREADS_VARIABLE, "")
        if stated and not stated.isdigit():
            raise UserError(f"{THREADS_VARIABLE} is {stated!r}; give a whole number of threads, 1 or more")
        engine = engine or environ.get(ENGINE_VARIABLE) or "duckdb"
        return cls(Path(chosen), engine, threads or int(stated or 0) or os.cpu_count() or 1)

    @property
    def landing_dir(self) -> Path:
        """Immutable batches, and `run.json`."""
        return self.home / "landing"

    @property
    def batches_dir(self) -> Path:
        """`<feed>/<batch_id>/` of every committed batch."""
        return self.landing_dir / "batches"

    @property
    def staging_dir(self) -> Path:
        """Batches that are being written; whatever a killed run left here is removed by the next."""
        return self.landing_dir / ".staging"

    @property
    def run_path(self) -> Path:
        """The run's instant, kept when a killed run resumes."""
        return self.landing_dir / "run.json"

    @property
    def lock_path(self) -> Path:
        """Held by the one run that may write to this home."""
        return self.home / "run.lock"

    @property
    def warehouse_path(self) -> Path:
        """The DuckDB file that dbt builds; consumers never read it."""
        return self.home / "warehouse.duckdb"

    @property
    def spark_dir(self) -> Path:
        """The Spark engine's catalogue, tables and scratch space."""
        return self.home / "spark"

    @property
    def spark_warehouse_dir(self) -> Path:
        """`<schema>.db/<table>/` of every table that Spark built; consumers never read it."""
        return self.spark_dir / "warehouse"

    @property
    def audit_dir(self) -> Path:
        """Stored audits with the fingerprints of the rows that they saw."""
        return self.home / "audit"

    @property
    def releases_dir(self) -> Path:
        """Releases, and `current` pointing to one."""
        return self.home / "releases"

    @property
    def dagster_dir(self) -> Path:
        """Dagster's own home."""
        return self.home / "dagster"


def dbt_project_dir() -> Path:
    """The dbt project shipped beside this package, in a checkout as in an installed wheel.

    Raises UserError when the installation lacks it.
    """
    folder = Path(__file__).resolve().parent.parent / "dbt_project"
    if not (folder / "models").is_dir():
        raise UserError(f"{folder}: the dbt project is missing; install the package again, or use a whole checkout")
    return folder
