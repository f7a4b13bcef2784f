"""Which samples of a simulated organisation were agreed not to count, from the simulator's state alone.

Belongs here: the agreed windows of an objective, and what lies in them. Does not belong here: what is counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.oracle.truth_availability import Span, merged

Windows = Mapping[str, Sequence[Span]]


def windows(rows: Sequence[Mapping[str, Any]], as_of: int) -> Windows:
    """By name of the objective: when it did not count (microseconds); agreed before it began, and known by as_of."""
    found: dict[str, list[Span]] = defaultdict(list)
    for row in rows:
        if row["registered_at"] < row["starts_at"] and row["registered_at"] <= as_of:
            found[f"slo-{row['slo']:07d}"].append((row["starts_at"], row["ends_at"]))
    return {slo: merged(spans) for slo, spans in found.items()}


def lie_in(at: NDArray[np.int64], seconds: NDArray[np.int64], spans: Sequence[Span]) -> NDArray[np.bool_]:
    """Whether samples that begin at these instants (microseconds) lie in one of the windows from start to end."""
    inside = np.zeros(len(at), dtype=np.bool_)
    for low, high in spans:
        inside |= (at >= low) & (at + 1_000_000 * seconds <= high)
    return inside
