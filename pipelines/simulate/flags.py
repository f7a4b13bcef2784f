"""The flags of `scorecard simulate` and their help.

Belongs here: argparse. Does not belong here: what is valid (settings.py).
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from pipelines.simulate.settings import SIGNALS, SimulationSettings, settings_of

FLAGS: tuple[tuple[str, str, str], ...] = (
    ("name", "NAME", "the organisation's short name, of a-z, 0-9 and _"),
    ("title", "TEXT", "its name for people"),
    ("seed", "N", "another seed is another organisation; the same seed and flags are the same bytes"),
    ("teams", "N", "teams, three to an area"),
    ("services", "N", "services, dealt out to the teams"),
    ("markets", "N", "markets, 1 to 12"),
    ("weeks", "N", "length in weeks, from 4 on"),
    ("starts_on", "DATE", "first day, a Monday"),
    ("time_zone", "ZONE", "IANA zone of the calendar, the working hours and the holidays"),
    ("as_of", "INSTANT", "the folder's `as_of`: not before the last week ends (default: two hours after it)"),
    ("sli_seconds", "N", "seconds of one SLI sample; divides an hour"),
    (
        "scenario",
        "NAME",
        "what adoption of automation does, in randomised waves. effect: changes time to restore and toil; none: "
        "nothing; harmful: makes both worse by as much, with more harm and reopening; trend: nothing, while both "
        "change for everybody; trend_effect: both at once",
    ),
    ("effect_restore", "SHARE", "change of time to restore by adoption, such as -0.25"),
    ("effect_toil", "SHARE", "change of toil by adoption, such as -0.3"),
    ("trend", "SHARE", "change in a year without adoption, of the scenarios trend and trend_effect"),
    ("waves", "N", "waves of adoption; one more cohort adopts after the weeks simulated"),
    (
        "defects_share",
        "SHARE",
        "share of rows broken on purpose, of every kind of defect at least one; listed in truth/defects.csv; 0: none",
    ),
    (
        "scale",
        "X",
        "multiplies deployments, alerts, scheduled runs and scaling actions; incidents stay 0.3 to 3 a service-month",
    ),
)
EXAMPLE = """\
writes DIR/organisation.yml, teams.csv, services.csv, logs/<kind>/<day>.jsonl or .parquet of every record kind, and
truth/: effects.json (what an estimator must find), planted.csv (cheated records), defects.csv (what quarantine must
hold) and state/*.parquet (what truly happened). DIR may be new, empty, or one that simulate wrote before.

    scorecard simulate acme --weeks 26 --scenario none --cheat silent_incident:harbour:0.4
    scorecard run acme
"""


def add_flags(parser: argparse.ArgumentParser) -> None:
    """DIR and every setting."""
    parser.epilog = EXAMPLE
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder to write")
    for name, metavar, text in FLAGS:
        default = SimulationSettings.model_fields[name].default
        shown = "" if default is None else f" (default: {default})".replace("%", "%%")
        parser.add_argument("--" + name.replace("_", "-"), metavar=metavar, help=text + shown)
    cheating = parser.add_mutually_exclusive_group()
    cheating.add_argument(
        "--cheat",
        action="append",
        metavar="SIGNAL:TEAM[:STRENGTH]",
        help="plant an integrity signal in a team, at a strength up to 1 (default: 0.5), instead of the usual few; "
        f"may be repeated. Signals: {', '.join(SIGNALS)}",
    )
    cheating.add_argument("--no-cheats", action="store_true", help="nobody cheats (default: a few teams do)")


def settings_from(options: argparse.Namespace) -> SimulationSettings:
    """The settings that the flags state. Raises UserError that names flag, value and remedy."""
    values: dict[str, Any] = {name: getattr(options, name) for name, *_ in FLAGS if getattr(options, name) is not None}
    if options.no_cheats:
        values["cheats"] = ()
    elif options.cheat:
        values["cheats"] = tuple(options.cheat)
    return settings_of(values, "scorecard simulate")
