"""The flags of `scorecard simulate`: validated, and the only thing that a simulation depends on.

Belongs here: names, bounds and messages of the settings, reading them from simulate.yml.
Does not belong here: what a setting does.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from pipelines.errors import UserError
from pipelines.hints import hint
from pipelines.organisation import known_zone, parse_instant
from pipelines.simulate.names import team_names

SETTINGS_FILE = "simulate.yml"
SIGNALS = (
    "severity_downgrade", "late_edit", "backdating", "incident_splitting", "silent_incident", "quick_close_reopen",
    "trivial_padding", "credit_for_self_clearing", "slo_loosening", "exclusion_abuse", "deployment_splitting",
    "relabelled_rollback", "shrinking_denominator", "threshold_bunching", "minute_heaping",
)  # fmt: skip
Scenario = Literal["effect", "none", "harmful", "trend", "trend_effect"]
USUAL_CHEATS = (
    ("severity_downgrade", 1, 0.5),
    ("silent_incident", 3, 0.4),
    ("trivial_padding", 4, 0.6),
    ("slo_loosening", 6, 1.0),
    ("relabelled_rollback", 8, 0.8),
)
"""Of an organisation that states none: signal, the team's place, strength."""


class Cheat(BaseModel):
    """One signal planted in one team; `strength` is the share of the team's chances that it takes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    signal: str
    team: str
    strength: float = Field(default=0.5, gt=0, le=1, allow_inf_nan=False)

    @field_validator("signal")
    @classmethod
    def _known(cls, signal: str) -> str:
        if signal not in SIGNALS:
            raise ValueError(f"{signal!r} is no integrity signal{hint(signal, SIGNALS)}")
        return signal


def parse_cheat(text: str) -> Cheat:
    """`SIGNAL:TEAM` or `SIGNAL:TEAM:STRENGTH`. Raises ValueError with a remedy."""
    parts = text.split(":")
    if len(parts) not in (2, 3) or not all(parts):
        raise ValueError(f"{text!r}: write SIGNAL:TEAM or SIGNAL:TEAM:STRENGTH, such as silent_incident:harbour:0.4")
    try:
        strength = float(parts[2]) if len(parts) == 3 else 0.5
    except ValueError:
        raise ValueError(f"{text!r}: {parts[2]!r} is no strength; write a number above 0 and up to 1") from None
    return Cheat(signal=parts[0], team=parts[1], strength=strength)


class SimulationSettings(BaseModel):
    """All that a simulated organisation depends on. The defaults are those of the command line."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(default="simulated", pattern=r"^[a-z0-9_]+$", max_length=64)
    title: str = Field(default="Simulated organisation", min_length=1)
    seed: int = Field(default=1, ge=0, lt=2**63)
    teams: int = Field(default=12, ge=2, le=1000)
    services: int = Field(default=60, ge=2, le=20_000)
    markets: int = Field(default=4, ge=1, le=12)
    weeks: int = Field(default=65, ge=4, le=520)
    starts_on: date = date(2025, 1, 6)
    time_zone: str = "Europe/Berlin"
    as_of: datetime | None = None
    sli_seconds: int = Field(default=300, ge=10, le=3600)
    scenario: Scenario = "effect"
    effect_restore: float = Field(default=-0.25, gt=-1, le=3, allow_inf_nan=False)
    effect_toil: float = Field(default=-0.30, gt=-1, le=3, allow_inf_nan=False)
    trend: float = Field(default=-0.20, gt=-1, le=3, allow_inf_nan=False)
    waves: int = Field(default=4, ge=1, le=12)
    defects_share: float = Field(default=0.002, ge=0, le=0.2, allow_inf_nan=False)
    scale: float = Field(default=1.0, gt=0, le=1000, allow_inf_nan=False)
    cheats: tuple[Cheat, ...] | None = None

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        known_zone(name)
        return name

    @field_validator("starts_on")
    @classmethod
    def _a_monday(cls, day: date) -> date:
        if day.weekday() != 0:
            raise ValueError(f"{day} is no Monday; write one, weeks are ISO weeks")
        if not 1990 <= day.year <= 2100:
            raise ValueError(f"{day} is out of the calendar; write a year from 1990 to 2100")
        return day

    @field_validator("as_of", mode="before")
    @classmethod
    def _instant(cls, value: Any) -> Any:
        return parse_instant(value) if isinstance(value, str) else value

    @field_validator("sli_seconds")
    @classmethod
    def _divides_an_hour(cls, seconds: int) -> int:
        if 3600 % seconds:
            raise ValueError(f"{seconds} does not divide an hour; write one such as 60, 300, 900, 3600")
        return seconds

    @field_validator("cheats", mode="before")
    @classmethod
    def _texts(cls, value: Any) -> Any:
        return tuple(parse_cheat(each) if isinstance(each, str) else each for each in value) if value else value

    @model_validator(mode="after")
    def _fits(self) -> SimulationSettings:
        if self.services < self.teams:
            raise ValueError(f"{self.services} services for {self.teams} teams; give every team one or more")
        known = team_names(self.teams)
        for cheat in self.cheats or ():
            if cheat.team not in known:
                raise ValueError(f"{cheat.team!r} is no team{hint(cheat.team, known)}")
        return self

    @property
    def planned_cheats(self) -> tuple[Cheat, ...]:
        """The cheats stated, else the usual ones of an organisation that has teams enough for them."""
        if self.cheats is not None:
            return self.cheats
        names = team_names(self.teams)
        usual = [(signal, names[place % len(names)], strength) for signal, place, strength in USUAL_CHEATS]
        return tuple(Cheat(signal=signal, team=team, strength=strength) for signal, team, strength in usual)

    @property
    def restore_ratio(self) -> float:
        """By what an adopting team's time to restore is multiplied."""
        return 1 + self._effect(self.effect_restore)

    @property
    def toil_ratio(self) -> float:
        """By what an adopting team's toil is multiplied."""
        return 1 + self._effect(self.effect_toil)

    @property
    def yearly_trend(self) -> float:
        """By what time to restore and toil of every team are multiplied in a year, adoption or not."""
        return 1 + self.trend if self.scenario in ("trend", "trend_effect") else 1.0

    def _effect(self, size: float) -> float:
        if self.scenario in ("none", "trend"):
            return 0.0
        return abs(size) if self.scenario == "harmful" else size

    def digest(self) -> str:
        """Of these settings and this simulator: equal digests are equal bytes."""
        content = json.dumps([simulator(), self.model_dump(mode="json")], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


def simulator(package: Path = Path(__file__).parent) -> str:
    """Hash of the simulator's own code and of the libraries that draw and write: whatever changes a byte changes it."""
    digest = hashlib.sha256()
    for library in ("numpy", "pyarrow", "duckdb"):
        digest.update(f"{library} {importlib.metadata.version(library)}\n".encode())
    for module in sorted(package.glob("*.py")):
        digest.update(module.name.encode() + b"\0" + module.read_bytes())
    return digest.hexdigest()


def settings_of(values: dict[str, Any], origin: str) -> SimulationSettings:
    """Settings out of flags or a file. Raises UserError that names every one at fault, its value and the remedy."""
    try:
        return SimulationSettings.model_validate(values)
    except ValidationError as error:
        raise UserError.of([_explain(origin, dict(detail)) for detail in error.errors()]) from None


def _explain(origin: str, detail: dict[str, Any]) -> str:
    place: Sequence[Any] = detail["loc"]
    reason = str(detail["msg"]).removeprefix("Value error, ")
    if not place:
        return f"{origin}: {reason}"
    flag = str(place[0])
    if detail["type"] == "extra_forbidden":
        return f"{origin}: {flag} is no setting{hint(flag, list(SimulationSettings.model_fields))}"
    shown = flag if origin.endswith(SETTINGS_FILE) else "--" + flag.replace("_", "-").replace("cheats", "cheat")
    value = detail["input"]
    return f"{origin}: {shown} {value}: {reason[0].lower()}{reason[1:]}"


def load_settings(file: Path) -> SimulationSettings:
    """The settings in a simulate.yml. Raises UserError."""
    from pipelines.extract.yaml_text import YamlError, load_text

    try:
        tree, _ = load_text(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{file}: cannot be read ({error}); save it as UTF-8 text") from None
    except YamlError as error:
        raise UserError(f"{file}:{error.line}: {error.reason}; correct the YAML there") from None
    if not isinstance(tree, dict):
        raise UserError(f"{file}: holds no settings; begin with `seed: 1`")
    return settings_of(tree, str(file))


def epoch(instant: datetime) -> int:
    """Whole seconds since 1970 in UTC."""
    return int(instant.astimezone(UTC).timestamp())
