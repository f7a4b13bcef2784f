"""`make model M=…`: one model built anew on the warehouse of the last run, with its tests and unit tests.

For who changes models: nothing is extracted, audited or released. Belongs here: that loop. Does not belong here: runs.
"""

import sys
from collections.abc import Sequence
from typing import Any

from pipelines.errors import AuditRefused, ScorecardError, UserError
from pipelines.landing.lock import home_lock
from pipelines.orchestration import dbt_project
from pipelines.settings import Settings


def build(selector: str, settings: Settings) -> list[str]:
    """Builds what dbt selects by `selector` (`metric_alerts`, `fct_alerts+`); a line per node, slowest last.

    Raises UserError where nothing was ever run or nothing is selected, AuditRefused when a test fails, ScorecardError
    when a model does not build.
    """
    if not settings.warehouse_path.is_file():
        raise UserError(f"{settings.warehouse_path}: nothing was run in this home yet; `make scorecard` runs the demo")
    with home_lock(settings):
        outcome = dbt_project.invoke(["build", "--full-refresh", "--select", selector], settings)
    if outcome.result is None:
        raise ScorecardError(f"dbt did not start: {outcome.exception}")
    results = sorted(outcome.result.results, key=lambda result: (result.execution_time, result.node.unique_id))
    if not results:
        raise UserError(f"M={selector}: no model, seed or test of that name; dbt's selectors work, such as fct_alerts+")
    lines = [_line(result) for result in results]
    if any(result.status == "fail" for result in results):
        raise AuditRefused("\n".join(lines), lines)
    if not outcome.success:
        raise ScorecardError("\n".join(lines))
    return lines


def _line(result: Any) -> str:
    node = result.node
    message = "" if result.status in {"success", "pass"} else f"  {(result.message or '').strip()}"
    return f"{result.status:<8} {result.execution_time:6.2f} s  {node.resource_type:<9} {node.name}{message}"


def main(arguments: Sequence[str]) -> int:
    """Exit status: 0, 2 for wrong use, 3 when a test of the model fails, else 1."""
    selector = " ".join(arguments).strip()
    try:
        if not selector:
            raise UserError("say which model: make model M=metric_alerts")
        print("\n".join(build(selector, Settings.of())))
    except ScorecardError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
