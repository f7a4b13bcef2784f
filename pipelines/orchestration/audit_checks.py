"""The audit's two doors as blocking asset checks. What they expect stands in data_quality/."""

import dagster as dg

from data_quality import gates
from pipelines.orchestration.resources import ScorecardRun
from pipelines.publish import releases

LANDING_DOOR = dg.AssetKey(["landing", "ledger"])
SCORECARD_DOOR = dg.AssetKey(["scorecard", "metric_values"])


def _result(report: gates.Report) -> dg.AssetCheckResult:
    failed = [check for check in report.checks if not check.passed]
    return dg.AssetCheckResult(
        passed=not failed,
        description="\n".join(f"{check.name}: {check.message}" for check in failed) or None,
        metadata={"checks": len(report.checks), "failed": len(failed), "fingerprint": report.fingerprint},
    )


@dg.asset_check(asset=LANDING_DOOR, name="landing_audit", blocking=True, pool="duckdb_writer")
def landing_audit(run: ScorecardRun) -> dg.AssetCheckResult:
    """Nothing is built from landed rows that break what their source promised."""
    report = gates.audit_landing(run.settings())
    run.say(f"audited     landing: {sum(c.passed for c in report.checks)} of {len(report.checks)} checks hold")
    return _result(report)


@dg.asset_check(asset=SCORECARD_DOOR, name="scorecard_audit", blocking=True, pool="duckdb_writer")
def scorecard_audit(run: ScorecardRun) -> dg.AssetCheckResult:
    """Nothing is published that has not passed its audit; the verdict is tied to these very rows."""
    settings = run.settings()
    report = gates.audit_scorecard(settings, releases.current(settings), as_of_asked=bool(run.as_of))
    run.say(f"audited     scorecard: {sum(c.passed for c in report.checks)} of {len(report.checks)} checks hold")
    return _result(report)
