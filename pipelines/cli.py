"""`scorecard …`: reads arguments, calls the job or the publication, says what came of it.

Thin on purpose: whatever happens here can be done from Dagster too. Heavy libraries are imported where used.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pipelines.errors import ScorecardError, UserError
from pipelines.settings import ENGINES, Settings

EXIT_FAILED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point of `scorecard`. Returns the exit status of interfaces.md: 0, 1, 2 or 3."""
    _telemetry_off()
    given = sys.argv[1:] if arguments is None else list(arguments)
    options = _parser(given).parse_args(given)
    try:
        return int(options.call(options))
    except ScorecardError as error:
        print(f"scorecard: {error}", file=sys.stderr)
        return error.exit_status
    except BrokenPipeError:  # the reader of our output has gone
        return EXIT_FAILED


def _telemetry_off() -> None:
    for name in ("DAGSTER_DISABLE_TELEMETRY", "DO_NOT_TRACK"):
        os.environ.setdefault(name, "1")


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scorecard",
        description="Reliability and automation outcomes of teams, from logs to a published scorecard.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="extract, land, build, audit and release")
    run.add_argument("organisation", type=Path, metavar="ORGANISATION", help="an organisation folder")
    run.add_argument("--as-of", default="", metavar="INSTANT", help="what was known then, e.g. 2026-03-01T00:00:00Z")
    run.add_argument("--engine", choices=ENGINES, help="default: SCORECARD_ENGINE, else duckdb")
    run.add_argument("--full-refresh", action="store_true", help="build the warehouse from nothing")
    _add_home(run, _run)

    check = commands.add_parser("check", help="validate a folder and that its sources answer; changes nothing")
    check.add_argument("organisation", type=Path, metavar="ORGANISATION")
    check.set_defaults(call=_check)

    simulate = commands.add_parser("simulate", help="write an invented organisation with logs and a known truth")
    if "simulate" in given[:1]:  # its flags come from its settings, whose import the other commands need not wait for
        from pipelines.simulate import flags

        flags.add_flags(simulate)
    simulate.set_defaults(call=_simulate)

    explain = commands.add_parser("explain", help="a value, its parts, its exclusions, and the source rows behind it")
    explain.add_argument("metric", metavar="METRIC")
    explain.add_argument(
        "--entity", required=True, metavar="ID", help="a service, team or area, or the portfolio's name"
    )
    explain.add_argument("--period", required=True, metavar="START", help="the period's first day, e.g. 2026-01-01")
    explain.add_argument("--period-type", choices=["week", "month", "quarter"], help="when START begins several")
    _add_home(explain, _explain)

    _add_releases(commands.add_parser("releases", help="the history of releases"))
    return parser


def _add_home(parser: argparse.ArgumentParser, call: object) -> None:
    parser.add_argument("--home", type=Path, metavar="DIR", help="default: SCORECARD_HOME, else .scorecard/ here")
    parser.set_defaults(call=call)


def _add_releases(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _add_home(actions.add_parser("list", help="all releases, newest first"), _releases_list)
    for name, call, help_text in (
        ("show", _releases_show, "one release: its instant, inputs, tables and checks"),
        ("verify", _releases_verify, "recompute every hash of one release"),
        ("rollback", _releases_rollback, "let `current` point to one release again"),
    ):
        action = actions.add_parser(name, help=help_text)
        action.add_argument("release_id", metavar="ID")
        _add_home(action, call)
    diff = actions.add_parser("diff", help="what changed between two releases, and why")
    diff.add_argument("first", metavar="A", help="a release's id, or `current`")
    diff.add_argument("second", metavar="B")
    _add_home(diff, _releases_diff)


def _settings(options: argparse.Namespace) -> Settings:
    return Settings.of(options.home, getattr(options, "engine", None))


def _instant(text: str) -> str:
    """The instant as the job takes it, or a UserError that says how to write one."""
    if not text:
        return ""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise UserError(f"--as-of {text}: not an instant; write it as 2026-03-01T00:00:00Z") from None
    if instant.tzinfo is None:
        raise UserError(f"--as-of {text}: has no offset from UTC; write {text}Z or {text}+01:00")
    return instant.isoformat()


def _run(options: argparse.Namespace) -> int:
    started = time.monotonic()
    from data_quality import gates
    from pipelines import organisation as organisations

    as_of = _instant(options.as_of)
    settings = _settings(options)
    if settings.engine == "spark":
        from pipelines import spark

        spark.require()
    folder = _generated(options.organisation, settings)
    organisations.load(folder).check_sources()
    gates.warm_up()
    from pipelines.orchestration.execute import run_job
    from pipelines.publish import headline, releases

    run_job(folder, settings, as_of=as_of, full_refresh=options.full_refresh)
    release = releases.current(settings)
    print(f"release     {release}")
    print(headline.text(release, settings.memory()))
    print(f"took        {time.monotonic() - started:.1f} s", file=sys.stderr)
    return 0


def _generated(organisation: Path, settings: Settings) -> Path:
    """The folder itself, or the organisation that its simulate.yml states."""
    from pipelines.simulate import embedded

    return embedded.generated(organisation, settings)


def _simulate(options: argparse.Namespace) -> int:
    from pipelines.simulate import flags
    from pipelines.simulate.progress import Progress
    from pipelines.simulate.run import simulate

    stated = flags.settings_from(options)
    folder = simulate(options.folder, stated, Progress(0))
    print(f"{folder}: {stated.teams} teams, {stated.services} services, {stated.weeks} weeks, seed {stated.seed}")
    print(f"next        scorecard run {folder}")
    return 0


def _check(options: argparse.Namespace) -> int:
    from pipelines import organisation as organisations
    from pipelines.simulate import embedded

    if embedded.is_simulated(options.organisation):
        stated = embedded.settings_in(options.organisation)
        print(f"{stated.name}: the settings are valid; `scorecard run` generates {stated.services} services from them")
        return 0
    organisation = organisations.load(options.organisation)
    organisation.check_sources()
    print(f"{organisation.name}: the folder is valid and its {len(organisation.sources)} sources answer")
    return 0


def _explain(options: argparse.Namespace) -> int:
    from pipelines.publish.explain import explain

    print(explain(_settings(options), options.metric, options.entity, options.period, options.period_type))
    return 0


def _releases_list(options: argparse.Namespace) -> int:
    from pipelines.publish import releases

    print(releases.describe_all(_settings(options)))
    return 0


def _releases_show(options: argparse.Namespace) -> int:
    from pipelines.publish import releases

    print(releases.describe(_settings(options), options.release_id))
    return 0


def _releases_diff(options: argparse.Namespace) -> int:
    from pipelines.publish import releases

    print(releases.difference(_settings(options), options.first, options.second))
    return 0


def _releases_verify(options: argparse.Namespace) -> int:
    from pipelines.publish import releases

    print(releases.verify(_settings(options), options.release_id))
    return 0


def _releases_rollback(options: argparse.Namespace) -> int:
    from pipelines.publish import releases

    print(releases.rollback(_settings(options), options.release_id))
    return 0


if __name__ == "__main__":
    sys.exit(main())
