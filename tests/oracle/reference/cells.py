"""What a cell is named by, what it says, and what is counted for it. No rule of any metric belongs here."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple


class Key(NamedTuple):
    """What names a cell, as in scorecard.metric_values."""

    entity_type: str
    entity_id: str
    metric_id: str
    period_type: str
    period_start_on: date
    dimension: str | None
    dimension_value: str | None


class Cell(NamedTuple):
    """What a cell says. Durations in minutes; numerator and denominator as published, None where it is withheld."""

    numerator: float | None
    denominator: float | None
    n: int | None
    censored: int | None
    value: float | None
    low: float | None
    high: float | None
    status: str
    is_closed: bool


@dataclass(slots=True)
class Tally:
    """What one cell counts."""

    numerator: int = 0
    n: int = 0
    excluded: Counter[str] = field(default_factory=Counter)
    """Rows left out, by reason: all of them in covered time."""
    outside: int = 0
    """Rows outside the coverage. They say nothing of the cell."""
    subjects: list[tuple[int, bool]] = field(default_factory=list)
    """(duration in microseconds, whether its end was seen)."""
    days: Counter[int] = field(default_factory=Counter)
    """Events of a rate by local day."""
    blocks: dict[int, tuple[int, int]] = field(default_factory=dict)
    """(numerator, denominator) of a ratio of requests or minutes, by local day."""

    unsure: int = 0
    """Of the denominator: those of which it is not known whether they are in the numerator."""
    buckets: Counter[tuple[float, float | None]] = field(default_factory=Counter)
    """Requests by the bounds between which they lie."""
    bucket_days: set[int] = field(default_factory=set)
    """Local days that had any."""

    def reasons(self) -> dict[str, int]:
        """All rows left out, by reason."""
        return {**self.excluded, **({"not_covered": self.outside} if self.outside else {})}


EMPTY = Tally()
Split = tuple[str, str] | None
"""A dimension and its value, or None for the whole."""
Span = tuple[int, int]
"""The first and the last instant, both included."""
