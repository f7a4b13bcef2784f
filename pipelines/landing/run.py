"""The run's instant: kept in `run.json` until the run ends, so that a killed one resumes with it.

Belongs here: which instant a run has. Does not belong here: reading the clock (the caller gives it).
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pipelines.errors import UserError
from pipelines.landing.durable import make_folder, write_json
from pipelines.organisation import Organisation
from pipelines.settings import Settings

Clock = Callable[[], datetime]


def resolve(
    settings: Settings,
    organisation: Organisation,
    as_of: datetime | None,
    newest_record: datetime | None,
    clock: Clock,
) -> datetime:
    """The instant given, else the organisation's, else that of the killed run that this one resumes.

    Raises UserError if `last_record` is asked for and no source has a record with a parsable cursor.
    """
    if as_of is not None:
        return _in_utc(as_of)
    if isinstance(organisation.as_of, datetime):
        return _in_utc(organisation.as_of)
    if organisation.as_of == "last_record":
        if newest_record is None:
            raise UserError(
                f"{organisation.folder}: as_of is last_record, but no `cursor` holds a readable instant; "
                "state `cursor` (and `date_order`, `time_zone`), or an instant as `as_of`"
            )
        return newest_record
    return _kept(settings, organisation) or _in_utc(clock())


def _in_utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise UserError(f"{instant.isoformat()} has no offset from UTC; write one such as 2026-06-11T07:34:35Z")
    return instant.astimezone(UTC)


def _kept(settings: Settings, organisation: Organisation) -> datetime | None:
    former = read(settings)
    if not former or former["organisation"] != organisation.name:
        return None
    if former["is_finished"] or former["requested"] != "now":
        return None
    return datetime.fromisoformat(former["as_of"])


def read(settings: Settings) -> dict[str, Any] | None:
    """The content of run.json, None before the first run. Raises UserError if it is damaged."""
    try:
        content = json.loads(settings.run_path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise UserError(f"{settings.run_path}: is damaged ({error}); remove it and run again") from None
    return dict(content)


def begin(settings: Settings, organisation: Organisation, as_of: datetime, is_given: bool) -> None:
    """Writes down the run's instant before anything is committed under it."""
    stated = organisation.as_of
    requested = "given" if is_given or isinstance(stated, datetime) else stated
    make_folder(settings.landing_dir)
    write_json(
        settings.run_path,
        {
            "organisation": organisation.name,
            "title": organisation.title,
            "time_zone": organisation.time_zone,
            "as_of": as_of.isoformat(),
            "requested": requested,
            "is_finished": False,
        },
    )


def finish(settings: Settings) -> None:
    """The run has ended: the next one takes a new instant. Does nothing if there was none."""
    content = read(settings)
    if content and not content["is_finished"]:
        write_json(settings.run_path, {**content, "is_finished": True})
