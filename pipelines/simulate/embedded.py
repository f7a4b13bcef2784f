"""Folders that hold only the settings of a simulation: generated when they are run, once, into the home.

Belongs here: telling such a folder, and where its organisation lies. Does not belong here: the simulation.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.errors import UserError
from pipelines.organisation import ORGANISATION_FILE
from pipelines.settings import Settings
from pipelines.simulate.settings import SETTINGS_FILE, SimulationSettings, load_settings

SIMULATED = "simulated"


def is_simulated(organisation: Path) -> bool:
    """Whether the folder states a simulation and is no organisation itself."""
    return (organisation / SETTINGS_FILE).is_file() and not (organisation / ORGANISATION_FILE).exists()


def settings_in(organisation: Path) -> SimulationSettings:
    """The simulation that the folder states. Raises UserError."""
    return load_settings(organisation / SETTINGS_FILE)


def generated(organisation: Path, settings: Settings) -> Path:
    """The folder to run: `organisation` itself, or what its simulate.yml gives, generated if it is not there yet.

    It lies in `<home>/simulated/<digest>/`: other settings or another simulator never overwrite it.
    Raises UserError for settings that are wrong.
    """
    if not is_simulated(organisation):
        return organisation
    from pipelines.simulate.folder import MARKER  # imported here: a folder of real logs need not wait for it
    from pipelines.simulate.progress import Progress
    from pipelines.simulate.run import simulate

    stated = settings_in(organisation)
    target = settings.home / SIMULATED / stated.digest()[:16]
    if not (target / MARKER).is_file():
        if target.exists() and any(target.iterdir()):
            raise UserError(f"{target}: holds files that simulate did not write; remove the folder and run again")
        simulate(target, stated, Progress(0))
    return target
