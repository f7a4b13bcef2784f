"""Known cheating: what some teams report differs from what happened, record by listed record.

Belongs here: the switch of each integrity signal of the metrics. Does not belong here: how a signal is detected.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Planted:
    """A row of truth/planted.csv: a record that was cheated with, or (role `look_alike`) an honest one that looks so."""

    signal: str
    team: str
    strength: float
    role: str
    kind: str
    record: str
    note: str
