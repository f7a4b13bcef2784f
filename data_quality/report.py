"""What an audit found: checks, and the fingerprint of the rows that it saw.

Belongs here: the two records, how they are stored and read back.
Does not belong here: any check (suites/, reconciliation.py) or the decision to publish (pipelines/publish).
"""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

LANDING = "landing"
SCORECARD = "scorecard"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold. `observed` and `message` are deterministic text: no clock, no path of a machine.

    layer: landing, staging, conservation, scorecard, or drift (compares with the former release, and so is kept
    out of the published tables, which must not depend on what was published before).
    """

    name: str
    layer: str
    passed: bool
    observed: str
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """The checks of one door (landing or scorecard), and the fingerprint of the rows that they saw."""

    checks: tuple[Check, ...]
    fingerprint: str
    door: str = SCORECARD

    @property
    def passed(self) -> bool:
        """True when there are checks and every one holds: an audit that looked at nothing has not passed."""
        return bool(self.checks) and all(check.passed for check in self.checks)

    @property
    def failures(self) -> tuple[str, ...]:
        """One line for each check that failed: its name and its message."""
        return tuple(f"{check.name}: {check.message}" for check in self.checks if not check.passed)

    def save(self, folder: Path) -> Path:
        """Write `<folder>/<door>.json` in one atomic step."""
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{self.door}.json"
        aside = folder / f".{self.door}.json.{os.getpid()}"
        body = {
            "door": self.door,
            "fingerprint": self.fingerprint,
            "checks": [asdict(c) for c in self.checks],
        }
        with aside.open("w", encoding="utf-8") as file:
            json.dump(body, file, indent=1, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(target)
        return target


def load(folder: Path, door: str) -> Report | None:
    """The stored report of a door, or None when there is none or it cannot be read: both mean `not audited`."""
    try:
        body = json.loads((folder / f"{door}.json").read_text(encoding="utf-8"))
        return Report(tuple(Check(**check) for check in body["checks"]), body["fingerprint"], body["door"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def discard(folder: Path, doors: Sequence[str]) -> None:
    """Forget stored reports before a new audit starts, so that a killed one leaves no old verdict behind."""
    for door in doors:
        (folder / f"{door}.json").unlink(missing_ok=True)
