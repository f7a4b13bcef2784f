"""Where things live, and which engine builds them.

Belongs here: the home's layout, the engine's name, the place of the shipped dbt project.
Does not belong here: anything of an organisation (organisation.py), reading or writing of any file.
An unknown name raises and lists the known ones; there is no silent default for a misspelt one.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import UserError

ENGINES = ("duckdb", "spark")
ENGINE_VARIABLE = "SCORECARD_ENGINE"
HOME_VARIABLE = "SCORECARD_HOME"
THREADS_VARIABLE = "SCORECARD_THREADS"
MEMORY_VARIABLE = "SCORECARD_MEMORY_LIMIT"
LEAST_MEMORY = "256MiB"
MOST_OF_THE_MACHINE = "80%"
DEFAULT_HOME = ".scorecard"


@dataclass(frozen=True)
class Settings:
    """Home folder, engine, worker threads and memory limit of one run. Nothing is created until something is written.

    `memory_limit` is a size such as 2GiB, which no connection to DuckDB exceeds: what needs more is spilled to the
    home. None: each has what `memory` says it usually takes.
    """

    home: Path
    engine: str = "duckdb"
    threads: int = 2
    memory_limit: str | None = None

    def __post_init__(self) -> None:
        if self.engine not in ENGINES:
            raise UserError(f"engine {self.engine!r} is not known; choose one of: {', '.join(ENGINES)}")
        if self.threads < 1:
            raise UserError(f"threads is {self.threads}; give 1 or more")
        if self.memory_limit is not None and size(self.memory_limit) < size(LEAST_MEMORY):
            raise UserError(f"{MEMORY_VARIABLE} is {self.memory_limit!r}; give {LEAST_MEMORY} or more, such as 2GiB")
        object.__setattr__(self, "home", Path(self.home).absolute())

    @classmethod
    def of(
        cls,
        home: str | Path | None = None,
        engine: str | None = None,
        threads: int | None = None,
        memory_limit: str | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> "Settings":
        """Options of the command line, else the environment's SCORECARD_HOME, _ENGINE, _THREADS, _MEMORY_LIMIT.

        Where neither says anything: `.scorecard` here, DuckDB, all cores, no limit.
        """
        chosen = home or environ.get(HOME_VARIABLE) or DEFAULT_HOME
        stated = environ.get(THREADS_VARIABLE, "")
        if stated and not stated.isdigit():
            raise UserError(f"{THREADS_VARIABLE} is {stated!r}; give a whole number of threads, 1 or more")
        engine = engine or environ.get(ENGINE_VARIABLE) or "duckdb"
        limit = memory_limit or environ.get(MEMORY_VARIABLE) or None
        return cls(Path(chosen), engine, threads or int(stated or 0) or os.cpu_count() or 1, limit)

    def memory(self, usual: str = MOST_OF_THE_MACHINE) -> str:
        """DuckDB's memory_limit for a connection that takes `usual` (a size, or a share of the machine's) by default.

        It is never above the limit that was set.
        """
        if self.memory_limit is None:
            return usual
        is_less = not usual.endswith("%") and size(usual) < size(self.memory_limit)
        return usual if is_less else self.memory_limit

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


def size(text: str) -> int:
    """Bytes of a size as DuckDB writes it: 2GiB is 2 * 2**30, 2GB is 2 * 10**9. Raises UserError."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?) ?([KMGT])(i?)B", text, re.IGNORECASE)
    if not match:
        raise UserError(f"{MEMORY_VARIABLE} is {text!r}; give a number and KB, MB, GB, KiB, MiB or GiB, such as 2GiB")
    number, unit, is_binary = match.groups()
    base = 1024 if is_binary else 1000
    return int(float(number) * base ** (1 + "KMGT".index(unit.upper())))


def dbt_project_dir() -> Path:
    """The dbt project shipped beside this package, in a checkout as in an installed wheel.

    Raises UserError when the installation lacks it.
    """
    folder = Path(__file__).resolve().parent.parent / "dbt_project"
    if not (folder / "models").is_dir():
        raise UserError(f"{folder}: the dbt project is missing; install the package again, or use a whole checkout")
    return folder
