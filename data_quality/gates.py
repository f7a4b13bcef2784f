"""The two doors: nothing is built from bad landed rows, nothing is published from bad scorecard rows.

Belongs here: running the suites and the conservation checks, and storing the verdict with the fingerprint of the rows.
Does not belong here: what is expected (suites/, reconciliation.py), Great Expectations (expectations.py), Dagster.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from data_quality import fingerprint
from data_quality.connection import reading
from data_quality.frames import ROW, Frame
from data_quality.reconciliation import reconcile
from data_quality.report import LANDING, SCORECARD, Check, Report, discard, load
from data_quality.suites.disclosure import DISCLOSURE_DRIFT_SUITE, DISCLOSURE_SUITE
from data_quality.suites.drift import DRIFT_SUITE
from data_quality.suites.expectation import Expectation
from data_quality.suites.landing import LANDING_SUITE
from data_quality.suites.scorecard import SCORECARD_SUITE, SHAPE_SUITE
from data_quality.worker import WORKER
from pipelines.landing import run as landing_run
from pipelines.settings import Settings

__all__ = ["Check", "Report", "audit_landing", "audit_scorecard", "judge", "stored", "warm_up"]

Examples = Callable[[str], Sequence[str]]


def warm_up() -> None:
    """Start the process of Great Expectations; returns at once. It imports while the pipeline lands and builds."""
    WORKER.start()


def audit_landing(settings: Settings) -> Report:
    """Judge what is landed, before anything is built from it, and store the report in the home's audit folder."""
    from data_quality.landing_frames import landing_frames

    discard(settings.audit_dir, [LANDING, SCORECARD])
    with reading(settings, warehouse=False) as con:
        checks = judge(LANDING_SUITE, landing_frames(con, settings))
        report = Report(checks, fingerprint.of_landing(con), LANDING)
    report.save(settings.audit_dir)
    return report


def audit_scorecard(settings: Settings, former: Path | None, *, as_of_asked: bool | None = None) -> Report:
    """Judge what would be published, and store the report with the fingerprint of every published row.

    former: folder of the release that stands now, or None. as_of_asked: the user named an instant, which may lie
    before that of the former release (default: as the landing wrote it down in run.json).
    """
    from data_quality.scorecard_frames import shape_frames

    discard(settings.audit_dir, [SCORECARD])
    with reading(settings) as con:
        checks = judge(SHAPE_SUITE, shape_frames(con))
        if all(check.passed for check in checks):
            checks += _contents(con) + _drift(con, former, _is_asked(settings, as_of_asked))
        report = Report(checks, fingerprint.of_warehouse(con), SCORECARD)
    report.save(settings.audit_dir)
    return report


def stored(settings: Settings) -> tuple[Report | None, Report | None]:
    """The stored reports of landing and scorecard."""
    return load(settings.audit_dir, LANDING), load(settings.audit_dir, SCORECARD)


def _is_asked(settings: Settings, stated: bool | None) -> bool:
    if stated is not None:
        return stated
    return (landing_run.read(settings) or {}).get("requested") == "given"


def _contents(con: duckdb.DuckDBPyConnection) -> tuple[Check, ...]:
    from data_quality.scorecard_frames import cell_examples, scorecard_frames

    suite = SCORECARD_SUITE + DISCLOSURE_SUITE
    checks = judge(suite, scorecard_frames(con), lambda violation: cell_examples(con, violation))
    return checks + reconcile(con, events_ready=True)


def _drift(con: duckdb.DuckDBPyConnection, former: Path | None, as_of_asked: bool) -> tuple[Check, ...]:
    if former is None:
        return ()
    from data_quality.drift_frames import drift_frames

    return judge(DRIFT_SUITE + DISCLOSURE_DRIFT_SUITE, drift_frames(con, former, as_of_asked))


def judge(
    suite: Sequence[Expectation], frames: Mapping[str, Frame], examples: Examples | None = None
) -> tuple[Check, ...]:
    """Checks of a suite over its frames, in the suite's order. `examples` names offending rows of a column."""
    requests = []
    for name in dict.fromkeys(one.frame for one in suite):
        expectations = [(one.name, one.kind, dict(one.arguments)) for one in suite if one.frame == name]
        requests.append((name, frames[name].columns, (ROW,), expectations))
    verdicts = {verdict["check"]: verdict for verdict in WORKER.ask(requests)}
    return tuple(_check(one, frames[one.frame], verdicts[one.name], examples) for one in suite)


def _check(one: Expectation, frame: Frame, verdict: Mapping[str, Any], examples: Examples | None) -> Check:
    if verdict["success"]:
        return Check(one.name, one.layer, True, _passed_text(one, frame), "")
    observed = _failed_text(one, frame, verdict, examples)
    message = f"expected: {one.expected}. Seen: {observed}. Where to look: {one.look}. Remedy: {one.remedy}."
    return Check(one.name, one.layer, False, observed, message)


def _passed_text(one: Expectation, frame: Frame) -> str:
    unit = "row" if frame.size == 1 else "rows"
    if one.name == "closed_periods_stand":
        changed = sum(int(str(value)) for value in frame.columns["changed"])
        return f"{changed} closed cells changed, all with new inputs" if changed else "no closed cell changed"
    return f"{frame.size} {unit} of {one.frame} looked at"


def _failed_text(one: Expectation, frame: Frame, verdict: Mapping[str, Any], examples: Examples | None) -> str:
    if verdict["error"]:
        return f"the check could not be made ({verdict['error']})"
    numbers = sorted({int(row[ROW]) for row in verdict["seen"]})
    if not numbers:
        missing = _missing_from_set(one, frame)
        return missing or f"{verdict['observed']} over {frame.size} rows of {one.frame}"
    shown = "; ".join(_row_text(one, frame, number) for number in numbers[:5])
    more = f" and {len(numbers) - 5} more" if len(numbers) > 5 else ""
    text = f"{len(numbers)} of {frame.size} {one.frame}: {shown}{more}"
    if examples is not None and one.frame == "cells" and one.arguments.get("max_value") == 0:
        text += "; for example " + "; ".join(examples(str(one.arguments["column"])))
    return text


def _row_text(one: Expectation, frame: Frame, number: int) -> str:
    row = frame.row(number)
    asked = [str(one.arguments[key]) for key in ("column", "column_A", "column_B") if key in one.arguments]
    names = dict.fromkeys([*frame.index, *asked, *one.show])
    return ", ".join(f"{name}={_plain(row[name])}" for name in names if row.get(name) is not None)


def _plain(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _missing_from_set(one: Expectation, frame: Frame) -> str:
    wanted = one.arguments.get("value_set")
    if not isinstance(wanted, list) or one.kind != "expect_column_distinct_values_to_contain_set":
        return ""
    present = set(frame.columns[str(one.arguments["column"])])
    return f"missing: {', '.join(str(value) for value in wanted if value not in present)}"
