"""What a run is about: which organisation, which home, as of when."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from pipelines import organisation as organisations
from pipelines.errors import UserError
from pipelines.settings import Settings
from pipelines.simulate import embedded

if TYPE_CHECKING:
    from pipelines.organisation import Organisation


class ScorecardRun(dg.ConfigurableResource):  # type: ignore[type-arg]
    """One run. Empty values fall back to SCORECARD_ORGANISATION, _HOME, _ENGINE and the folder's `as_of`."""

    organisation_path: str = ""
    home: str = ""
    engine: str = ""
    as_of: str = ""
    full_refresh: bool = False
    echo: bool = False

    def organisation(self) -> Organisation:
        """The validated organisation folder."""
        path = self.organisation_path or os.environ.get("SCORECARD_ORGANISATION", "")
        if not path:
            raise UserError("no organisation is named: set SCORECARD_ORGANISATION to an organisation folder")
        return organisations.load(embedded.generated(Path(path), self.settings()))

    def settings(self) -> Settings:
        """Where this run reads and writes."""
        return Settings.of(self.home or None, self.engine or None)

    def instant(self) -> datetime | None:
        """The instant asked for; None leaves it to the organisation folder."""
        return datetime.fromisoformat(self.as_of) if self.as_of else None

    def say(self, line: str) -> None:
        """A progress line for a person who waits at a terminal."""
        dg.get_dagster_logger().info(line)
        if self.echo:
            print(line, file=sys.stderr, flush=True)
