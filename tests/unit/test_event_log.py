"""The kept event log writes what Dagster's own reads, while it is still open, over as many runs as there are."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from pipelines.orchestration import event_log
from pipelines.orchestration.event_log import KeptEventLog


@dg.asset
def landed() -> dg.MaterializeResult:
    return dg.MaterializeResult(metadata={"rows": 7})


@dg.asset_check(asset=landed)
def holds() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


def test_dagsters_own_log_reads_the_runs_while_ours_is_open(tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    with event_log.instance(tmp_path) as ours:
        assert isinstance(ours.event_log_storage, KeptEventLog)
        runs = [dg.materialize([landed, holds], instance=ours).run_id for _ in range(4)]
        with dg.DagsterInstance.from_config(str(tmp_path)) as theirs:
            assert not isinstance(theirs.event_log_storage, KeptEventLog)
            for run_id in runs:
                read = _kinds(theirs, run_id)
                assert dg.DagsterEventType.ASSET_MATERIALIZATION in read
                assert dg.DagsterEventType.ASSET_CHECK_EVALUATION in read
                assert read == _kinds(ours, run_id)
            latest = theirs.get_latest_materialization_event(landed.key)
            assert latest is not None and latest.run_id == runs[-1]


def _kinds(instance: dg.DagsterInstance, run_id: str) -> list[dg.DagsterEventType | None]:
    records = instance.get_records_for_run(run_id).records
    return [record.event_log_entry.dagster_event_type for record in records]
