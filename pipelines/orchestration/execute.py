"""Runs the job in this process: what the command line calls."""

import shutil
from pathlib import Path

import dagster as dg
from dagster._core.storage.dagster_run import FINISHED_STATUSES
from dagster._utils.error import SerializableErrorInfo as ErrorInfo  # type: ignore[attr-defined]

from pipelines.definitions import defs
from pipelines.errors import AuditRefused, ScorecardError, Transient, UserError
from pipelines.landing.lock import home_lock
from pipelines.orchestration import event_log
from pipelines.orchestration.build import JOB
from pipelines.settings import Settings

OWN_RUN = {"scorecard/started_by": "command line"}


def dagster_home(settings: Settings) -> Path:
    """The home's Dagster folder, with its dagster.yaml in place."""
    settings.dagster_dir.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(Path(__file__).with_name("dagster.yaml"), settings.dagster_dir / "dagster.yaml")
    return settings.dagster_dir


def run_job(organisation: Path, settings: Settings, as_of: str = "", full_refresh: bool = False) -> None:
    """Extract, land, build, audit and release.

    Raises the step's own ScorecardError; AuditRefused where a blocking check said no.
    """
    config = {
        "organisation_path": str(organisation),
        "home": str(settings.home),
        "engine": settings.engine,
        "as_of": as_of,
        "full_refresh": full_refresh,
        "echo": True,
    }
    job = defs().resolve_job_def(JOB)
    with home_lock(settings), event_log.instance(dagster_home(settings)) as instance:
        _bury_killed_runs(instance)
        result = job.execute_in_process(
            run_config={
                "resources": {"run": {"config": config}},
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
            },
            instance=instance,
            raise_on_error=False,
            tags=OWN_RUN,
        )
    if not result.success:
        raise _reason(result)


def _bury_killed_runs(instance: dg.DagsterInstance) -> None:
    """A killed run still holds the writer's slot, and the next would wait for it for ever.

    The home's lock is ours, so no other run of this command is alive.
    """
    unfinished = [status for status in dg.DagsterRunStatus if status not in FINISHED_STATUSES]
    for run in instance.get_runs(filters=dg.RunsFilter(tags=OWN_RUN, statuses=unfinished)):
        instance.report_run_failed(run, "the process was killed")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)


def _reason(result: dg.ExecuteInProcessResult) -> ScorecardError:
    refused = [
        evaluation.description or evaluation.check_name
        for evaluation in result.get_asset_check_evaluations()
        if not evaluation.passed and evaluation.blocking
    ]
    if refused:
        return AuditRefused("\n".join(refused))
    for event in result.all_events:
        if event.is_step_failure and event.step_failure_data.error:
            return _from_step(event.step_failure_data.error)
    return ScorecardError("the run failed for a reason that Dagster did not record")


def _from_step(error: ErrorInfo) -> ScorecardError:
    """The innermost error, as what it was raised: its class sets the exit status."""
    while error.cause:
        error = error.cause
    known = {kind.__name__: kind for kind in (ScorecardError, UserError, AuditRefused, Transient)}
    if error.cls_name not in known:
        return ScorecardError(error.to_string())
    return known[error.cls_name](error.message.partition(": ")[2].strip())
