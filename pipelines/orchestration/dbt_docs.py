"""`make dbt-docs`: dbt's own documentation of the models, with what the warehouse of the last run holds, as one page.

Belongs here: that page. Does not belong here: what a release publishes (pipelines/publish).
"""

import sys
from pathlib import Path

from pipelines.errors import ScorecardError, UserError
from pipelines.landing.lock import home_lock
from pipelines.orchestration import dbt_project
from pipelines.settings import Settings

PAGE, CATALOG = "static_index.html", "catalog.json"


def write(settings: Settings) -> Path:
    """The folder that has the page and dbt's catalog.json. Raises UserError where nothing was ever run."""
    if not settings.warehouse_path.is_file():
        raise UserError(f"{settings.warehouse_path}: nothing was run in this home yet; `make scorecard` runs the demo")
    with home_lock(settings):
        outcome = dbt_project.invoke(["docs", "generate", "--static"], settings)
    if not outcome.success:
        raise ScorecardError(f"dbt wrote no documentation: {outcome.exception}")
    return dbt_project.target(settings)


def main() -> int:
    """Exit status: 0, 2 where nothing was run yet, else 1."""
    try:
        print(write(Settings.of()) / PAGE)
    except ScorecardError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    return 0


if __name__ == "__main__":
    sys.exit(main())
